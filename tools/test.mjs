/**
 * npm test: every test of every size, against servers that this script starts and stops.
 * Arguments go to jest: npm test -- --testPathPatterns apps/catalog
 * The last line is "N passed, N failed", with ", N skipped" when some were; the exit code is 0 only if none failed.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ensureBuilt, ensureInstalled, root, say } from './bootstrap.mjs';

/** A run that takes longer hangs. */
const RUN_TIMEOUT_MS = 15 * 60_000;

/** So many files are told of with the time that they took. */
const SLOWEST = 15;

/** Two files at a time where that disturbs nobody; those that hold times to a limit one after the other. */
const RUNS = [
  ['--selectProjects', 'unit', 'integration', 'e2e', '--maxWorkers=2', '--workerIdleMemoryLimit=512MB'],
  ['--selectProjects', 'timed', '--runInBand'],
];

const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => stopping.abort(name));

const { counts, code } = await main().catch((error) => {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return { counts: { passed: 0, failed: 1, skipped: 0 }, code: 1 };
});
const { passed, failed, skipped } = counts;
process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
process.exitCode = stopping.signal.aborted ? 130 : code;

async function main() {
  await ensureInstalled();
  await ensureBuilt();
  const services = await import(new URL('dist/tools/services/index.js', `file://${root}/`).href);
  const dir = await services.createTempDir('test-run');
  process.env.LARDER_TEST_DIR = dir;
  process.env.TMPDIR = dir;
  const guard = new services.Guard([dir]);
  const servers = [];
  try {
    if (!process.argv.includes('unit')) servers.push(...(await startServers(services)));
    return await runJest(guard, dir);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    await services.removeDir(dir);
    guard.dismiss();
  }
}

/** The servers that tests borrow places on; see tools/services/shared.ts. */
async function startServers({ installMissing, REDIS, RABBIT, EPMD, CURL, startPostgres, startRabbit }) {
  await installMissing([REDIS, RABBIT, EPMD, CURL]);
  say('Starting PostgreSQL and RabbitMQ ...');
  const started = await Promise.allSettled([startPostgres(), startRabbit()]);
  const servers = started.filter(({ status }) => status === 'fulfilled').map(({ value }) => value);
  const broken = started.find(({ status }) => status === 'rejected');
  if (broken || stopping.signal.aborted) {
    await Promise.all(servers.map((server) => server.stop()));
    throw broken?.reason ?? new Error('Interrupted.');
  }
  const [postgres, rabbit] = servers;
  process.env.LARDER_TEST_POSTGRES_URL = postgres.url;
  process.env.LARDER_TEST_RABBIT_URL = rabbit.url;
  process.env.LARDER_TEST_RABBIT_MANAGEMENT_URL = rabbit.managementUrl;
  return servers;
}

async function runJest(guard, dir) {
  const given = process.argv.slice(2);
  const counts = { passed: 0, failed: 0, skipped: 0 };
  let code = 0;
  for (const [index, args] of (given.length > 0 ? [given] : RUNS).entries()) {
    const resultFile = join(dir, `results-${index}.json`);
    const run = report(await runOnce(guard, args, resultFile), resultFile);
    for (const name of Object.keys(counts)) counts[name] += run.counts[name];
    code ||= run.code;
    if (stopping.signal.aborted) break;
  }
  return { counts, code };
}

async function runOnce(guard, more, resultFile) {
  const args = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  args.push(join(root, 'node_modules/jest/bin/jest.js'), '--ci', '--json', `--outputFile=${resultFile}`);
  const jest = spawn(process.execPath, [...args, ...more], { cwd: root, stdio: ['ignore', 2, 2] });
  guard.watch([jest.pid]);
  const ended = new Promise((resolve) => {
    jest.once('error', (error) => resolve(String(error)));
    jest.once('exit', (code, signal) => resolve(signal ?? code));
  });
  const end = (name) => jest.kill(name);
  const timer = setTimeout(end, RUN_TIMEOUT_MS, 'SIGKILL');
  stopping.signal.addEventListener('abort', () => end(stopping.signal.reason), { once: true });
  const outcome = await ended;
  clearTimeout(timer);
  guard.watch([]);
  return outcome;
}

function report(outcome, resultFile) {
  if (!existsSync(resultFile)) throw new Error(`jest ended with ${outcome} and left no results.`);
  const results = JSON.parse(readFileSync(resultFile, 'utf8'));
  const pending = results.testResults
    .flatMap((file) => file.assertionResults)
    .filter(({ status }) => status === 'pending' || status === 'todo');
  for (const { fullName } of pending) say(`skipped: ${fullName}`);
  if (results.testResults.length > SLOWEST) say(`The slowest files: ${slowest(results.testResults)}`);
  const counts = {
    passed: results.numPassedTests,
    failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
    skipped: pending.length,
  };
  if (outcome !== 0 && counts.failed === 0) counts.failed = 1;
  return { counts, code: outcome === 0 ? 0 : 1 };
}

function slowest(files) {
  return files
    .map(({ name, startTime, endTime }) => ({ file: relative(root, name), seconds: (endTime - startTime) / 1_000 }))
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, SLOWEST)
    .map(({ file, seconds }) => `${file} ${seconds.toFixed(0)} s`)
    .join(', ');
}
