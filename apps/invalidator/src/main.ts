import 'reflect-metadata';
import { runService } from '@larder/platform';
import { loadConfig } from './config.js';
import { startInvalidator } from './start-invalidator.js';

await runService('invalidator', () => startInvalidator(loadConfig(process.env)));
