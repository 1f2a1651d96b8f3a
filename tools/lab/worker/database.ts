import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Change, Row } from '../adapter.js';
import type { MicrosClock } from '../clock.js';
import type { Random } from '../random.js';

export interface DatabaseOptions {
  readonly url: string;
  readonly table: 'products' | 'stock';
  readonly now: MicrosClock;
  readonly random: Random;
}

/** Loads that are held up after they have read, as by a slow network or a long computation. */
const SLOW_SHARE = 0.3;
const SLOW_MS = { from: 5, to: 50 };
/**
 * A query keeps its connection for so long, as one does that goes over a network to a database with other work: without it, the loads
 * of all readers at once, while a cache is away, would take the machine's cores from everything else that is measured.
 */
const QUERY_MS = 3;
const CONNECTIONS = 12;
const TEXT = 'Larder '.repeat(40);

/** By table: how a row is read, and how it is changed. Triggers give the version and write the event. */
const STATEMENTS = {
  products: {
    read: 'SELECT version FROM public.products WHERE id = $1',
    change: `UPDATE public.products SET price_minor = (price_minor + 1) % 1000000 WHERE id = $1
      RETURNING version, pg_current_xact_id()::text AS transaction`,
  },
  stock: {
    read: 'SELECT version FROM public.stock WHERE product_id = $1',
    change: `UPDATE public.stock SET quantity = (quantity + 1) % 1000000 WHERE product_id = $1
      RETURNING version, pg_current_xact_id()::text AS transaction`,
  },
} as const;

const IN_PROGRESS = `
  SELECT id FROM unnest($1::text[]) AS id WHERE pg_xact_status(id::xid8) = 'in progress'`;

/** The rows behind the caches, in a PostgreSQL that no fault touches. */
export class Database {
  private readonly pool: pg.Pool;
  private readonly statements: (typeof STATEMENTS)[keyof typeof STATEMENTS];

  constructor(private readonly options: DatabaseOptions) {
    this.pool = new pg.Pool({ connectionString: options.url, max: CONNECTIONS, application_name: 'larder-lab' });
    this.pool.on('error', () => undefined); // the next query shows it
    this.statements = STATEMENTS[options.table];
  }

  /** As `LabConnection.load`. */
  async load(key: string): Promise<Row> {
    const { now, random } = this.options;
    const readAtUs = now();
    const found = await this.find(key);
    if (random.next() < SLOW_SHARE) await sleep(random.between(SLOW_MS.from, SLOW_MS.to));
    return rowOf(key, found, readAtUs);
  }

  /** As `Commit`. */
  async change(key: string, beforeCommit?: (change: Change) => Promise<void>): Promise<Change> {
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN');
      const { rows } = await client.query<{ version: string; transaction: string }>({
        name: 'change',
        text: this.statements.change,
        values: [key],
      });
      const row = rowOf(key, rows[0], this.options.now());
      const change = { key, version: row.version, transaction: rows[0]?.transaction ?? '', row };
      await beforeCommit?.(change);
      await client.query('COMMIT');
      return change;
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
  }

  /** As `LabConnection.inProgress`. */
  async inProgress(transactions: readonly string[]): Promise<ReadonlySet<string>> {
    const { rows } = await this.pool.query<{ id: string }>(IN_PROGRESS, [transactions]);
    return new Set(rows.map(({ id }) => id));
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  private async find(key: string): Promise<{ version: string } | undefined> {
    const client = await this.pool.connect();
    try {
      const { rows } = await client.query<{ version: string }>({
        name: 'load',
        text: this.statements.read,
        values: [key],
      });
      await sleep(QUERY_MS);
      return rows[0];
    } finally {
      client.release();
    }
  }
}

function rowOf(key: string, found: { version: string } | undefined, readAtUs: number): Row {
  if (!found) throw new Error(`There is no row ${key}`);
  return { key, version: Number(found.version), readAtUs, text: TEXT };
}
