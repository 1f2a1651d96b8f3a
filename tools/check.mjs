import { spawn } from 'node:child_process';
import { ensureInstalled } from './bootstrap.mjs';

/** The gate of every commit, two at a time because most of it is bound to one core; the longest goes first. */
const CHECKS = {
  lint: ['eslint', '.'],
  types: ['tsc', '--noEmit', '-p', 'tsconfig.json'],
  tests: ['npm', 'run', '--silent', 'test:unit'],
  format: ['prettier', '--check', '--log-level', 'warn', '.'],
  structure: ['depcruise', '--output-type', 'err', 'apps', 'libs', 'tools', 'test'],
  unused: ['knip'],
};
const LANES = 2;

await ensureInstalled();
const started = Date.now();
const waiting = Object.entries(CHECKS);
const failed = [];
await Promise.all(Array.from({ length: LANES }, runLane));
const seconds = Math.round((Date.now() - started) / 1000);
console.log(failed.length === 0 ? `All checks pass, in ${seconds} s` : `Failed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;

async function runLane() {
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const [name, [command, ...args]] = next;
    const { code, output } = await run(command, args);
    console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${name}`);
    if (code === 0) continue;
    failed.push(name);
    console.log(output);
  }
}

/** Output is kept back, so that two checks do not mix theirs. `npm run` has put the project's programs on the PATH. */
function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ code: 1, output: `${command}: ${error.message}` }));
    child.on('close', (code) => resolve({ code, output }));
  });
}
