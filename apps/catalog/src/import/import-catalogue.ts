import { stat } from 'node:fs/promises';
import type { Cache } from '@larder/cache';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../database/data-source-options.js';
import { migrate } from '../database/migrate.js';
import { CategoryWriter } from './category-writer.js';
import type { ColumnMap } from './fields.js';
import { ImportCommits } from './import-commits.js';
import { ImportError, type ImportReport, type RefusedRow } from './import-report.js';
import { productRow, type ProductRow, type RowOptions } from './product-row.js';
import { NOTHING, plus, writeProducts, type PlacedRow, type WriteResult } from './product-writer.js';
import { openRows, type SourceRow } from './rows.js';

const BATCH_ROWS = 1_000;

/** What to import, and where to. */
export interface ImportOptions extends RowOptions {
  /** A path that ends in `.csv`, `.jsonl` or `.ndjson`. */
  readonly file: string;
  readonly databaseUrl: string;
  /** What the catalogs on that database read through; `null`: they learn what has changed by events only, and none of it beforehand. */
  readonly cache: Cache | null;
  readonly map: ColumnMap;
  /** Rows to read at most; `null` reads all. */
  readonly limit: number | null;
  /** Stops after the batch in hand. */
  readonly signal?: AbortSignal;
  /** Told after each batch; bytes of the file read so far, of all it has, and rows. */
  readonly onProgress?: (progress: ImportProgress) => void;
}

export interface ImportProgress {
  readonly bytes: number;
  readonly totalBytes: number;
  readonly rows: number;
}

/**
 * Loads a catalogue into the database, whose schema it brings up to date first: rows are matched by SKU, categories by
 * their names. The same file twice changes nothing the second time, so an import that was interrupted is completed by
 * running it again. Caches learn of it as of any other change: with a `cache`, reads of stock are strict while it runs too.
 *
 * @throws {ImportError} if the file as a whole cannot be imported, or the cache does not take what it must know beforehand; @throws if the database cannot be used
 */
export async function importCatalogue(options: ImportOptions): Promise<ImportReport> {
  const { size: totalBytes } = await stat(options.file).catch((cause: unknown) => {
    throw new ImportError(`${options.file} cannot be read`, { cause });
  });
  await migrate(options.databaseUrl);
  const dataSource = new DataSource(
    dataSourceOptions({ url: options.databaseUrl, statementTimeoutMs: 60_000, poolSize: 2 }),
  );
  await dataSource.initialize();
  try {
    return await new Import(dataSource, options, totalBytes).run();
  } finally {
    await dataSource.destroy();
  }
}

/** One import on its way through the file. */
class Import {
  private readonly commits: ImportCommits;
  private readonly categories: CategoryWriter;
  private readonly lineOfSku = new Map<string, number>();
  private readonly refused: RefusedRow[] = [];
  private written: WriteResult = NOTHING;
  private batch: ProductRow[] = [];
  private writing: Promise<void> = Promise.resolve();
  private rows = 0;

  constructor(
    dataSource: DataSource,
    private readonly options: ImportOptions,
    private readonly totalBytes: number,
  ) {
    this.commits = new ImportCommits(dataSource, options.cache);
    this.categories = new CategoryWriter(dataSource, this.commits);
  }

  async run(): Promise<ImportReport> {
    const { input, rows } = openRows(this.options.file, this.options.map);
    for await (const row of rows) {
      if (this.isOver()) break;
      this.take(row);
      if (this.batch.length < BATCH_ROWS) continue;
      await this.writeBatch();
      this.tell(input.bytesRead);
    }
    input.destroy();
    await this.writeBatch();
    await this.writing;
    this.tell(this.totalBytes);
    return this.report();
  }

  private isOver(): boolean {
    return this.rows === this.options.limit || this.options.signal?.aborted === true;
  }

  private take(source: SourceRow | RefusedRow): void {
    this.rows += 1;
    const row = 'reason' in source ? source : this.unrepeated(productRow(source, this.options));
    if ('reason' in row) this.refused.push(row);
    else this.batch.push(row);
  }

  /** The first row with an SKU counts: else two rows would change each other's product at every run. */
  private unrepeated(row: ProductRow | RefusedRow): ProductRow | RefusedRow {
    if ('reason' in row) return row;
    const earlier = this.lineOfSku.get(row.sku);
    if (earlier !== undefined) return { line: row.line, reason: `sku: ${row.sku} stands in line ${earlier} already` };
    this.lineOfSku.set(row.sku, row.line);
    return row;
  }

  /** Begins to write the batch once the one before is written; meanwhile, the file is read on. */
  private async writeBatch(): Promise<void> {
    const batch = this.batch;
    this.batch = [];
    await this.writing;
    this.writing = this.write(batch);
    this.writing.catch(() => undefined); // thrown by the next `await this.writing`
  }

  private async write(batch: readonly ProductRow[]): Promise<void> {
    const placed: PlacedRow[] = [];
    for (const row of batch) placed.push({ ...row, categoryId: await this.categories.idOf(row.categories) });
    if (placed.length > 0) this.written = plus(this.written, await writeProducts(this.commits, placed));
  }

  private tell(bytes: number): void {
    this.options.onProgress?.({ bytes, totalBytes: this.totalBytes, rows: this.rows });
  }

  private report(): ImportReport {
    const { inserted, updated, unchanged } = this.written;
    const interrupted = this.options.signal?.aborted ?? false;
    const refused = [...this.refused, ...this.written.refused].sort((a, b) => a.line - b.line);
    const { counts: categories } = this.categories;
    const { announced } = this.commits;
    return { rows: this.rows, inserted, updated, unchanged, refused, categories, interrupted, announced };
  }
}
