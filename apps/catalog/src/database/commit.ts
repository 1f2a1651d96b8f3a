import { parseCatalogEvent } from '@larder/contracts';
import type { DataSource, EntityManager } from 'typeorm';
import type { Committed, Origin } from '../changes/committed.js';
import { violationOf } from './violation.js';

const ATTEMPTS = 3;
const DEADLOCK = '40P01';
const SERIALIZATION_FAILURE = '40001';

const EVENTS_OF_THIS_TRANSACTION = `
  SELECT type, payload FROM public.outbox WHERE transaction_id = pg_current_xact_id() ORDER BY seq`;

/**
 * Runs `change` in one transaction and commits it. The events come from the outbox rows that the transaction's
 * triggers wrote, so the writer's own invalidation and the broker's have one source.
 *
 * @throws whatever `change` throws; nothing is written then
 */
export async function commit<Result>(
  dataSource: DataSource,
  origin: Origin,
  change: (manager: EntityManager) => Promise<Result>,
): Promise<Committed<Result>> {
  return inTransaction(dataSource, (manager) => commitOnce(manager, origin, change));
}

/** Runs `work` in one transaction and commits it; runs it again after a deadlock, so it must not keep state of its own. */
export async function inTransaction<Result>(
  dataSource: DataSource,
  work: (manager: EntityManager) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await dataSource.transaction('READ COMMITTED', work);
    } catch (error) {
      if (attempt === ATTEMPTS || !isTransient(error)) throw error;
    }
  }
}

async function commitOnce<Result>(
  manager: EntityManager,
  { traceparent }: Origin,
  change: (manager: EntityManager) => Promise<Result>,
): Promise<Committed<Result>> {
  if (traceparent !== undefined) {
    await manager.query(`SELECT set_config('larder.traceparent', $1, true)`, [traceparent]);
  }
  const result = await change(manager);
  const rows = await manager.query<{ type: string; payload: unknown }[]>(EVENTS_OF_THIS_TRANSACTION);
  return { result, events: rows.map(({ type, payload }) => parseCatalogEvent(type, payload)) };
}

function isTransient(error: unknown): boolean {
  const code = violationOf(error)?.code;
  return code === DEADLOCK || code === SERIALIZATION_FAILURE;
}
