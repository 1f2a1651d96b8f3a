/**
 * npm run mutants: builds mistakes into the protocol, one at a time, in copies of the tree, and runs the tests that should
 * notice. Prints a line for each; fails if a mistake survives, or no longer fits the source, or if no test came to fail of it:
 * a mistake that does not compile shows nothing. `-- PATTERN` tries those whose names contain it. Takes 4 to 6 minutes on two
 * cores that have other work. A mistake may also be noticed by a test that hangs; how long that takes follows from how long the
 * tests take without any.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureInstalled, root } from './bootstrap.mjs';
import { coreMutants } from './mutants/core.mjs';
import { redisMutants } from './mutants/redis.mjs';
import { scriptMutants } from './mutants/scripts.mjs';
import { sessionMutants } from './mutants/sessions.mjs';

const LANES = 2;
/** How long the tests may take while there is no mistake. */
const HEALTHY_MS = 360_000;
/** How many times as long as all tests of its project those may take that are to notice a mistake; one of them may reach its own limit. */
const HANGS_AFTER = 3;
const TEST_LIMIT_MS = 30_000;
const REPORTER = join(root, 'tools/mutants/reporter.mjs');
const PARTS = ['docs', 'libs', 'tools', 'jest.config.js', 'package.json', 'tsconfig.json'];

const pattern = process.argv[2] ?? '';
const mutants = [
  ...coreMutants.map((mutant) => ({ ...mutant, dir: 'libs/cache/src/core', project: 'unit' })),
  ...scriptMutants.map((mutant) => ({ ...mutant, dir: 'libs/cache/src/redis/scripts', project: 'integration' })),
  ...sessionMutants.map((mutant) => ({ ...mutant, dir: 'libs/cache/src/session/scripts', project: 'integration' })),
  ...redisMutants.map((mutant) => ({ ...mutant, dir: 'libs/cache/src/redis' })),
].filter(({ name }) => name.includes(pattern));

await ensureInstalled();
const startedMs = Date.now();
const copies = Array.from({ length: LANES }, copyTree);
const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
  for (const copy of copies) rmSync(copy, { recursive: true, force: true });
});
for (const [name, number] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
])
  process.on(name, () => process.exit(number));

/** By project: how long tests may take that do not hang. */
const limits = await assertHealthy();
const open = [...mutants.entries()];
const results = [];
await Promise.all(copies.map(runLane));
const survived = results.filter(({ caught }) => !caught);
const seconds = Math.round((Date.now() - startedMs) / 1000);
console.log(`${results.length - survived.length} of ${results.length} mistakes noticed, in ${seconds} s`);
for (const { name, what } of survived) console.log(`${what}: ${name}`);
process.exitCode = survived.length === 0 && results.length > 0 ? 0 : 1;

/** What a lane tries has only itself in its copy. */
async function runLane(copy) {
  for (let next = open.shift(); next; next = open.shift()) {
    const [, mutant] = next;
    const result = { name: mutant.name, ...(await attempt(copy, mutant)) };
    results.push(result);
    const progress = `${String(results.length).padStart(2)}/${mutants.length}`;
    console.log(
      `${progress} ${result.caught ? 'noticed ' : 'SURVIVED'} ${mutant.name} (${mutant.mistake})\n      ${result.what}`,
    );
  }
}

async function attempt(copy, { dir, edits, project, specs }) {
  const originals = new Map();
  try {
    for (const { file, from, to } of edits) {
      const path = join(copy, dir, file);
      const text = readFileSync(path, 'utf8');
      if (!originals.has(path)) originals.set(path, text);
      if (text.split(from).length !== 2) return { caught: false, what: `DOES NOT FIT ${file}` };
      writeFileSync(
        path,
        text.replace(from, () => to),
      );
    }
    return await runTests(copy, project, specs, limits.get(project));
  } finally {
    for (const [path, text] of originals) writeFileSync(path, text);
  }
}

/** The tests must pass while there is no mistake; otherwise they would notice anything. */
async function assertHealthy() {
  const limits = new Map();
  for (const project of new Set(mutants.map((mutant) => mutant.project))) {
    const specs = new Set(
      mutants.filter((mutant) => mutant.project === project).flatMap((mutant) => mutant.specs.split('|')),
    );
    const projectStartedMs = Date.now();
    const { what, survived } = await runTests(copies[0], project, [...specs].join('|'), HEALTHY_MS);
    if (!survived) throw new Error(`Without any mistake: ${what}`);
    limits.set(project, HANGS_AFTER * (Date.now() - projectStartedMs) + TEST_LIMIT_MS);
  }
  console.log(`The tests pass without a mistake, after ${Math.round((Date.now() - startedMs) / 1000)} s`);
  return limits;
}

/** Whether a test failed, and which. Neither `caught` nor `survived` is a run that shows nothing. */
async function runTests(copy, project, specs, limitMs) {
  const args = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
  args.push('--ci', '--bail', '--reporters', REPORTER, '--selectProjects', project, '--testPathPatterns', specs);
  const env = { ...process.env, LARDER_NO_SHRINKING: '1', LARDER_THOROUGH: '1' };
  const child = spawn(process.execPath, args, { cwd: copy, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) child[name].on('data', (chunk) => (output[name] += chunk));
  running.add(child);
  const code = await new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGTERM'), limitMs);
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      resolve(signal ?? status);
    });
  });
  running.delete(child);
  if (code === 'SIGTERM') return { caught: true, what: `did not end within ${Math.round(limitMs / 1000)} s` };
  return verdictOf(code, output);
}

/** By what the reporter has printed: only a test that failed has noticed something. */
function verdictOf(code, { stdout, stderr }) {
  const [, found = '{}'] = /^verdict: (.*)$/m.exec(stdout) ?? [];
  const { passed = 0, failed = [], broken = [] } = JSON.parse(found);
  if (broken.length > 0) return { caught: false, what: `DOES NOT RUN ${broken[0]}` };
  if (failed.length > 0) return { caught: true, what: failed[0] };
  if (code === 0 && passed > 0) return { caught: false, survived: true, what: 'SURVIVED' };
  return { caught: false, what: `SHOWS NOTHING: jest ended with ${code}, no test failed: ${stderr.slice(-2_000)}` };
}

/** The tests and what they test, without git; packages are shared. */
function copyTree() {
  const copy = mkdtempSync(join(tmpdir(), 'larder-mutants-'));
  for (const part of PARTS) cpSync(join(root, part), join(copy, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}
