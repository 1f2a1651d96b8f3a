import { parseArgs } from 'node:util';
import { FAULT_NAMES, isFaultName, type FaultName } from './faults.js';
import { isLevel, LEVELS, type Level } from './levels.js';

/** The command line is wrong; the message names the option and what it takes. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What the laboratory is to do. */
export interface LabOptions {
  /** Measured time, over all rows together. */
  readonly seconds: number;
  readonly seed: number;
  readonly faults: readonly FaultName[];
  /** The levels that tables are printed for, and of which the rows of this project run. */
  readonly levels: readonly Level[];
  /** The rows to run by name; `null`: all. */
  readonly rows: readonly string[] | null;
  /** A cache of the user's own. */
  readonly adapter: string | null;
  readonly json: string | null;
  readonly html: string | null;
  /** How often something is killed, in place of the measurement; `null`: measure. */
  readonly kills: number | null;
  /** Whether a promoted replica is found out by the gap in its chain of changes. */
  readonly chainCheck: boolean;
}

/** What {@link readOptions} may answer in place of options: the caller wants to be told how to ask. */
export const HELP = 'help';

/** Text for people who ask, or who ask wrongly. */
export const USAGE = `npm run verify:freshness -- [options]

Puts caches under faults and shows how old their answers get. Starts its own PostgreSQL, Redis, RabbitMQ and services.

  --seconds N             measured time, over all rows together (60)
  --seed N                the faults and the readers follow from it (1)
  --faults LIST           all, none, or names: ${wrapped(FAULT_NAMES)}
  --level LIST            tables, and rows of this project, of these levels only: ${LEVELS.join(', ')}
  --rows LIST             these rows only, by name; "list" names them
  --adapter FILE          adds a cache of your own; see docs/test-your-own-cache.md
  --json FILE             writes all that was found into FILE
  --html FILE             the report (.larder/freshness.html)
  --kills N               in place of all rows: kill -9 at N random moments while writing, then look what was lost
  --without-chain-check   for demonstration: a promoted replica is believed

Lists are separated by commas. Exit status: 0 all promises kept, 1 a promise broken, 2 wrong options.
`;

const OPTIONS = {
  seconds: { type: 'string', default: '60' },
  seed: { type: 'string', default: '1' },
  faults: { type: 'string', default: 'all' },
  level: { type: 'string' },
  rows: { type: 'string' },
  adapter: { type: 'string' },
  json: { type: 'string' },
  html: { type: 'string' },
  kills: { type: 'string' },
  'without-chain-check': { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const MAX_SECONDS = 86_400;
const MAX_KILLS = 100_000;
const MAX_SEED = 4_294_967_295;

/** @param rowNames which rows there are @throws {UsageError} */
export function readOptions(args: readonly string[], rowNames: readonly string[]): LabOptions | typeof HELP {
  const values = parse(args);
  if (values.help) return HELP;
  const rows = values.rows === undefined ? null : rowsOf(values.rows, rowNames);
  return {
    seconds: whole('--seconds', values.seconds, { from: 1, to: MAX_SECONDS }),
    seed: whole('--seed', values.seed, { from: 0, to: MAX_SEED }),
    faults: faultsOf(values.faults),
    levels: values.level === undefined ? LEVELS : levelsOf(values.level),
    rows,
    adapter: values.adapter ?? null,
    json: values.json ?? null,
    html: values.html ?? null,
    kills: values.kills === undefined ? null : whole('--kills', values.kills, { from: 1, to: MAX_KILLS }),
    chainCheck: !values['without-chain-check'],
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function whole(option: string, text: string, { from, to }: { from: number; to: number }): number {
  const number = /^\d+$/.test(text) ? Number(text) : NaN;
  if (number >= from && number <= to) return number;
  throw new UsageError(`${option} takes a whole number from ${from} to ${to}, not "${text}"`);
}

function faultsOf(text: string): FaultName[] {
  if (text === 'all') return FAULT_NAMES;
  if (text === 'none') return [];
  return namesOf('--faults', text, ['all', 'none', ...FAULT_NAMES]).filter(isFaultName);
}

function levelsOf(text: string): Level[] {
  return namesOf('--level', text, LEVELS).filter(isLevel);
}

function rowsOf(text: string, known: readonly string[]): string[] {
  if (text === 'list') throw new UsageError(`--rows takes these names: ${known.join(', ')}`);
  return namesOf('--rows', text, known);
}

/** Each once. */
function namesOf(option: string, text: string, known: readonly string[]): string[] {
  const names = [...new Set(text.split(',').map((name) => name.trim()))];
  const stranger = names.find((name) => !known.includes(name));
  if (stranger !== undefined)
    throw new UsageError(`${option}: there is no "${stranger}"; it takes ${known.join(', ')}`);
  return names;
}

function wrapped(names: readonly string[]): string {
  const lines = [names.slice(0, 3), names.slice(3, 8), names.slice(8)].map((line) => line.join(', '));
  return lines.join(`,\n${' '.repeat(26)}`);
}
