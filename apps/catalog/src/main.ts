import { runService } from '@larder/platform';
import { loadConfig } from './config.js';
import { startCatalog } from './start-catalog.js';

await runService('catalog', () => startCatalog(loadConfig(process.env)));
