import { runService } from '@larder/platform';
import { loadConfig } from './config.js';
import { startGateway } from './start-gateway.js';

await runService('gateway', () => startGateway(loadConfig(process.env)));
