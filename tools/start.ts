import { fileURLToPath } from 'node:url';
import { runService } from '@larder/platform';
import { startWholeSystem } from './start/whole-system.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

await runService('larder', () => startWholeSystem(process.env, root));
