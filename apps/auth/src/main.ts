import { runService } from '@larder/platform';
import { loadConfig } from './config.js';
import { startAuth } from './start-auth.js';

await runService('auth', () => startAuth(loadConfig(process.env)));
