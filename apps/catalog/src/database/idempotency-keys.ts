import type { EntityManager } from 'typeorm';
import type { Committed, Once } from '../changes/committed.js';
import { IdempotencyKeyBusy, IdempotencyKeyReused } from '../changes/idempotency-errors.js';
import { violationOf } from './violation.js';

const LOCK_NOT_AVAILABLE = '55P03';

/** Only for the next statement that may wait for another transaction with the key; see {@link END_OF_PATIENCE}. */
const PATIENCE = `SELECT set_config('lock_timeout', $1 || 'ms', true)`;
const END_OF_PATIENCE = `SELECT set_config('lock_timeout', '0', true)`;

/**
 * Takes a key that nobody has, or that is forgotten: none is known for longer than 24 hours. Waits for a transaction that is
 * about to commit the same key. Twenty rows that are past their time go with each that comes, so that the table cannot grow by
 * them; whoever else is at one of them is not waited for.
 */
const TAKE = `
  WITH forgotten AS (
    DELETE FROM public.idempotency_keys WHERE (account_id, key) IN (
      SELECT account_id, key FROM public.idempotency_keys
      WHERE created_at < clock_timestamp() - interval '24 hours' AND (account_id, key) <> ($1::uuid, $2)
      ORDER BY created_at LIMIT 20 FOR UPDATE SKIP LOCKED
    )
  )
  INSERT INTO public.idempotency_keys AS known (account_id, key, fingerprint) VALUES ($1, $2, $3)
  ON CONFLICT (account_id, key) DO UPDATE
    SET fingerprint = excluded.fingerprint, answer = NULL, created_at = excluded.created_at
    WHERE known.created_at < clock_timestamp() - interval '24 hours'
  RETURNING 1`;

const FIRST = 'SELECT fingerprint, answer FROM public.idempotency_keys WHERE account_id = $1 AND key = $2';
const KEEP = 'UPDATE public.idempotency_keys SET answer = $3 WHERE account_id = $1 AND key = $2';

interface FirstRow {
  readonly fingerprint: string;
  readonly answer: Committed<unknown>;
}

/**
 * What came of the first request with the key; `null` for the first itself, which holds the key from now on: until the
 * transaction ends every other one waits.
 *
 * @throws {IdempotencyKeyReused} @throws {IdempotencyKeyBusy} when the first one takes longer than `once.waitMs`
 */
export async function firstAnswer<Result>(manager: EntityManager, once: Once): Promise<Committed<Result> | null> {
  const { accountId, key, fingerprint } = once;
  if (await taken(manager, once)) return null;
  const [first] = await manager.query<FirstRow[]>(FIRST, [accountId, key]);
  if (first === undefined) throw new IdempotencyKeyBusy(); // it has just been forgotten
  if (first.fingerprint !== fingerprint) throw new IdempotencyKeyReused();
  return first.answer as Committed<Result>;
}

/** Keeps the answer under the key, in the transaction of the change. */
export async function keepAnswer(
  manager: EntityManager,
  { accountId, key }: Once,
  committed: Committed<unknown>,
): Promise<void> {
  await manager.query(KEEP, [accountId, key, JSON.stringify(committed)]);
}

async function taken(manager: EntityManager, { accountId, key, fingerprint, waitMs }: Once): Promise<boolean> {
  await manager.query(PATIENCE, [String(waitMs)]);
  try {
    const rows = await manager.query<unknown[]>(TAKE, [accountId, key, fingerprint]);
    await manager.query(END_OF_PATIENCE);
    return rows.length > 0;
  } catch (error) {
    throw violationOf(error)?.code === LOCK_NOT_AVAILABLE ? new IdempotencyKeyBusy(error) : error;
  }
}
