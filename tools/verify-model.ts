import { exploreLevel, exploreVariant, type OnProgress } from './model/cases.js';
import type { Configuration } from './model/configuration.js';
import { configurations } from './model/configurations.js';
import type { Exploration } from './model/explorer.js';
import { holes } from './model/holes.js';
import { readOptions, USAGE, UsageError, type Options } from './model/options.js';
import { table } from './model/table.js';
import { describeViolation } from './model/trace.js';
import { variants, type Variant } from './model/variants.js';

const EXIT_FAILED = 1;

/** What was explored, and what came of it. */
interface Explored<Case> {
  readonly explored: Case;
  readonly result: Exploration;
}

try {
  process.exitCode = main(readOptions(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}.\n\n${USAGE}`);
  process.exitCode = EXIT_FAILED;
}

function main(options: Options): number {
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const startedMs = performance.now();
  const isRight = explorations(options).every((isAsItMust) => isAsItMust);
  print(`\n${((performance.now() - startedMs) / 1_000).toFixed(0)} s`);
  return isRight ? 0 : EXIT_FAILED;
}

/** All that was asked for, one after the other. */
function explorations(options: Options): boolean[] {
  const { level, variant } = options;
  if (level !== null && variant !== null) return [levels(options), mustFail('variant', variants, variant)];
  if (level !== null) return [levels(options)];
  if (variant !== null) return [mustFail('variant', variants, variant)];
  return [levels(options), mustFail('variant', variants, null), mustFail('what no level promises', holes, null)];
}

/** Whether no level is violated. */
function levels({ level, bound }: Options): boolean {
  const chosen = Object.values<Configuration>(configurations).filter((each) => level === null || each.level === level);
  const results = chosen.map((explored) => run(explored, (onProgress) => exploreLevel(explored, bound, onProgress)));
  const rows = results.map(({ explored, result }) => {
    const { commits, fillers } = explored[bound];
    const perSecond = Math.round((result.states / result.durationMs) * 1_000);
    return [
      explored.level,
      explored.name,
      commits,
      fillers,
      result.states,
      perSecond,
      result.violation ? 1 : 0,
      explored.assumes,
    ];
  });
  print(table(['level', 'configuration', 'writes', 'readers', 'states', 'states/s', 'violations', 'assumes'], rows));
  print(`${results.reduce((sum, { result }) => sum + result.states, 0).toLocaleString('en')} states in all`);
  const violated = results.filter(({ result }) => result.violation !== null);
  for (const { explored, result } of violated) printTrace(`${explored.level}, ${explored.name}: VIOLATED`, result);
  return violated.length === 0;
}

/** Whether each of them comes to a violation, as it must. */
function mustFail(title: string, cases: readonly Variant[], name: string | null): boolean {
  const chosen = cases.filter((each) => name === null || each.name === name);
  const results = chosen.map((explored) => run(explored, (onProgress) => exploreVariant(explored, onProgress)));
  for (const { explored, result } of results) printTrace(`${explored.name}: ${explored.mistake}`, result);
  const rows = results.map(({ explored, result: { violation, states } }) => {
    return [explored.name, explored.configuration, violation ? 'yes' : 'NO', violation?.events.length ?? 0, states];
  });
  print(`\n${table([title, 'configuration', 'caught', 'trace', 'states'], rows)}`);
  return results.every(({ result }) => result.violation !== null);
}

function printTrace(title: string, { violation }: Exploration): void {
  print(`\n${title}\n${violation ? describeViolation(violation) : '      nothing happens that must not'}`);
}

function run<Case extends { readonly name: string }>(
  explored: Case,
  explore: (onProgress: OnProgress) => Exploration,
): Explored<Case> {
  const startedMs = performance.now();
  const result = explore((states) => {
    const perSecond = Math.round((states / (performance.now() - startedMs)) * 1_000);
    progress(`${explored.name}: ${states.toLocaleString('en')} states, ${perSecond.toLocaleString('en')} a second`);
  });
  progress('');
  return { explored, result };
}

/** One line at the terminal, written over and over. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
