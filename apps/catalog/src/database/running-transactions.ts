import type { RunningTransactions } from '@larder/cache';
import type { DataSource } from 'typeorm';

/** A transaction that PostgreSQL has not come to yet is one of before a restore from a backup: nobody runs it. */
const IN_PROGRESS = `
  SELECT id FROM unnest($1::text[]) AS id
  WHERE CASE WHEN id::xid8 < pg_current_xact_id() THEN pg_xact_status(id::xid8) = 'in progress' ELSE false END`;

/** Asks PostgreSQL which transactions are still in progress: any other has committed, or never will. */
export function runningTransactions(dataSource: DataSource): RunningTransactions {
  return async (transactions) => {
    const rows = await dataSource.query<{ id: string }[]>(IN_PROGRESS, [[...transactions]]);
    return new Set(rows.map(({ id }) => id));
  };
}
