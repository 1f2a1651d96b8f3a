/**
 * npm run coverage:core: the cache core under its own unit tests; fails unless every branch of it is taken.
 * Prints the files that are not covered in full. Arguments go to jest.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import config from '../jest.config.js';
import { ensureInstalled, root } from './bootstrap.mjs';

const CORE = 'libs/cache/src/core';

const coverage = {
  ...config,
  rootDir: root,
  projects: config.projects.filter(({ displayName }) => displayName === 'unit'),
  collectCoverage: true,
  // Counts branches of the source. V8 counts ranges of what ran: a function that was never called has none.
  coverageProvider: 'babel',
  collectCoverageFrom: [`<rootDir>/${CORE}/**/*.ts`, '!**/*.spec.ts'],
  coverageDirectory: join(root, 'coverage'),
  coverageReporters: [['text', { skipFull: true }]],
  coverageThreshold: { global: { branches: 100 } },
};

await ensureInstalled();
const args = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
args.push(join(root, 'node_modules/jest/bin/jest.js'), '--config', JSON.stringify(coverage));
const jest = spawn(process.execPath, [...args, '--testPathPatterns', CORE, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
jest.on('close', (code) => (process.exitCode = code ?? 1));
