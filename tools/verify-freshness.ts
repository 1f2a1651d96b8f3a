import { inspect } from 'node:util';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { installMissing, EPMD, RABBIT, REDIS } from './services/index.js';
import { killsSurvived, printedKills, runKills } from './lab/kills/run-kills.js';
import { HELP, readOptions, USAGE, UsageError, type LabOptions } from './lab/options.js';
import { installedOf, plansFor } from './lab/plans.js';
import { progressBar } from './lab/progress.js';
import { ROWS } from './lab/rows.js';
import { reportOf } from './lab/report/page.js';
import { runRows, type RunResult } from './lab/run.js';
import { printed, tablesOf } from './lab/tables.js';
import { allKept, brokenPromises } from './lab/verdict.js';

const EXIT_BROKEN = 1;
const EXIT_MISUSED = 2;
const EXIT_INTERRUPTED = 130;

const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(name, () => {
    stopping.abort(new Error('Interrupted.'));
  });
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${wordsFor(error)}\n`);
  process.exitCode = statusFor(error);
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), [...ROWS.map(({ name }) => name), 'adapter']);
  if (options === HELP) {
    process.stdout.write(USAGE);
    return 0;
  }
  await installMissing([REDIS, RABBIT, EPMD]);
  return options.kills === null ? measure(options) : kill(options.kills, options);
}

async function measure(options: LabOptions): Promise<number> {
  const plans = await installedOf(await plansFor(options), (text) => process.stderr.write(`${text}\n`));
  const bar = progressBar();
  const result = await runRows(plans, options, bar.update, stopping.signal).finally(bar.stop);
  process.stdout.write(printed(tablesOf(options.levels, result.rows)));
  await save(result, options);
  for (const row of result.rows) {
    for (const broken of brokenPromises(row)) process.stdout.write(`${row.label}: ${broken}\n`);
  }
  return allKept(result.rows) ? 0 : EXIT_BROKEN;
}

async function kill(kills: number, options: LabOptions): Promise<number> {
  const bar = progressBar();
  const result = await runKills(kills, options, bar.update, stopping.signal).finally(bar.stop);
  process.stdout.write(printedKills(result));
  if (options.json !== null) await writeJson(options.json, result);
  return killsSurvived(result) ? 0 : EXIT_BROKEN;
}

async function writeJson(file: string, content: unknown): Promise<void> {
  await writeFile(file, `${JSON.stringify(content, null, 2)}\n`);
}

async function save(result: RunResult, { json, html, levels }: LabOptions): Promise<void> {
  const report = resolve(html ?? '.larder/freshness.html');
  await mkdir(dirname(report), { recursive: true });
  await writeFile(report, reportOf(result, levels));
  if (json !== null) await writeJson(json, result);
  process.stdout.write(`\nReport: ${report}\n`);
}

function statusFor(error: unknown): number {
  if (stopping.signal.aborted) return EXIT_INTERRUPTED;
  return error instanceof UsageError ? EXIT_MISUSED : EXIT_BROKEN;
}

/** What went wrong, with what caused it; whatever fails after an interruption fails of it. */
function wordsFor(error: unknown): string {
  if (stopping.signal.aborted) return 'Interrupted. Everything that was started is stopped.';
  return error instanceof UsageError ? `${error.message}\n\n${USAGE}` : inspect(error, { depth: 4 });
}
