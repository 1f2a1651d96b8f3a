import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { ConfigError, redisSettings, scrubText } from '@larder/platform';
import { SingleBar } from 'cli-progress';
import { loadImportConfig } from '../apps/catalog/src/config.js';
import { parseColumnMap } from '../apps/catalog/src/import/fields.js';
import { withCache } from '../apps/catalog/src/import/import-cache.js';
import { importCatalogue, type ImportProgress } from '../apps/catalog/src/import/import-catalogue.js';
import { ImportError, type ImportReport } from '../apps/catalog/src/import/import-report.js';

const USAGE = `npm run import -- FILE [options]

  FILE                 .csv with a header line, or .jsonl / .ndjson with an object a line
  --map COLUMN=FIELD   says what a column holds; may be repeated. Fields: sku, index, name, brand, description, price,
                       priceMinor, currency, rating, stock, category, subcategory, type
  --currency CODE      of rows that name none (INR)
  --sku-prefix TEXT    before the index of rows that have no SKU (BB-)
  --limit N            reads the first N rows only
  --report FILE        writes every refused row, with its line and the reason, into FILE too

DATABASE_URL names the catalogue's database, and REDIS_HOST, or REDIS_SENTINELS or REDIS_CLUSTER_NODES, the cache in front of
it: set it as the catalog has it, or caches learn what has changed by events only. Running it again changes nothing that is already so.
`;

const OPTIONS = {
  map: { type: 'string', multiple: true, default: [] as string[] },
  currency: { type: 'string', default: 'INR' },
  'sku-prefix': { type: 'string', default: 'BB-' },
  limit: { type: 'string' },
  report: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** The command line is wrong. */
class UsageError extends Error {}

const NO_CACHE = `Caches are told by events only, as no REDIS_HOST is set: until those arrive they may show what was before, old stock too.
`;
const LATE_CACHE = `Redis has not taken everything in time: caches hear of the rest by events. Stock is read from the database until then.
`;

const EXIT_FAILED = 1;
const EXIT_MISCONFIGURED = 78;
const EXIT_INTERRUPTED = 130;

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${describe(error)}\n`);
  process.exitCode = error instanceof ConfigError ? EXIT_MISCONFIGURED : EXIT_FAILED;
}

async function main(): Promise<number> {
  const { values, file } = readArguments();
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const bar = new SingleBar({ format: '{bar} {percentage}% | {rows} rows | {duration_formatted}', hideCursor: true });
  const stopping = new AbortController();
  process.once('SIGINT', () => {
    stopping.abort();
  });
  const start = performance.now();
  if (process.stderr.isTTY) bar.start(1, 0, { rows: 0 });
  try {
    const config = loadImportConfig();
    const redis = redisSettings(config);
    const options = {
      file,
      databaseUrl: config.DATABASE_URL,
      map: parseColumnMap(values.map),
      currency: values.currency,
      skuPrefix: values['sku-prefix'],
      limit: values.limit === undefined ? null : Number(values.limit),
      signal: stopping.signal,
      onProgress: ({ bytes, totalBytes, rows }: ImportProgress) => {
        bar.setTotal(totalBytes);
        bar.update(bytes, { rows });
      },
    };
    const report = await withCache(redis, (cache) => importCatalogue({ ...options, cache }));
    bar.stop();
    await tell(report, performance.now() - start, values.report);
    if (!report.announced) process.stdout.write(redis === null ? NO_CACHE : LATE_CACHE);
    return report.interrupted ? EXIT_INTERRUPTED : 0;
  } finally {
    bar.stop();
  }
}

function readArguments(): { values: ReturnType<typeof parse>['values']; file: string } {
  const { values, positionals } = parse();
  const [file, ...more] = positionals;
  if (values.help) return { values, file: '' };
  if (file === undefined || more.length > 0) throw new UsageError('Name one file');
  if (values.limit !== undefined && !/^[1-9]\d{0,8}$/.test(values.limit))
    throw new UsageError('--limit takes a number');
  return { values, file };
}

function parse() {
  try {
    return parseArgs({ options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function tell(report: ImportReport, durationMs: number, file: string | undefined): Promise<void> {
  const { rows, inserted, updated, unchanged, refused, categories } = report;
  const refusals = refused.map(({ line, reason }) => `line ${line}: ${reason}\n`).join('');
  if (file !== undefined) await writeFile(file, refusals);
  const seconds = durationMs / 1_000;
  process.stdout.write(
    [
      `${rows} rows in ${seconds.toFixed(1)} s (${Math.round(rows / seconds)} rows/s)`,
      `accepted ${inserted + updated + unchanged}: ${inserted} new, ${updated} changed, ${unchanged} as they were`,
      `categories named: ${categories[0]} roots, ${categories[1]} below them, ${categories[2]} below those`,
      `refused ${refused.length}${refused.length > 0 ? ':' : ''}\n${refusals}`,
      ...(report.interrupted ? ['Interrupted. The same command again completes it.\n'] : []),
    ].join('\n'),
  );
}

function describe(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}.\n\n${USAGE}`;
  if (error instanceof ConfigError || error instanceof ImportError) return error.message;
  const reason = error instanceof Error ? error.message || error.name : String(error);
  return `The import stopped: ${scrubText(reason)}\nThe same command again completes it: what is done is not done twice.`;
}
