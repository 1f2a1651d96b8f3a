import { Injectable } from '@nestjs/common';
import { Cache, type Intent } from '@larder/cache';
import { intentsOf, parseCatalogEvent, type CatalogChange } from '@larder/contracts';
import { DataSource, type EntityManager } from 'typeorm';
import type { Committed, Origin } from '../changes/committed.js';
import { firstAnswer, keepAnswer } from './idempotency-keys.js';
import { inTransaction } from './in-transaction.js';
import { isRolledBack } from './violation.js';

const CHANGES_OF_THIS_TRANSACTION = `
  SELECT type, payload, transaction_id::text AS transaction FROM public.outbox
  WHERE transaction_id = pg_current_xact_id() ORDER BY seq`;

interface ChangeRow {
  readonly type: string;
  readonly payload: unknown;
  readonly transaction: string;
}

/** Commits changes of the catalogue, and tells caches of those that are strict before they are committed. */
@Injectable()
export class Commits {
  constructor(
    private readonly dataSource: DataSource,
    private readonly cache: Cache,
  ) {}

  /**
   * Runs `change` in one transaction and commits it. What changed comes from the outbox rows that the transaction's
   * triggers wrote, so the writer's own invalidation and the broker's have one source. Intents of strict entries are placed
   * last, while the rows are locked; they end with the invalidation that follows, or here if the server refuses the COMMIT.
   *
   * With a key (`origin.once`), `change` runs once for all who come with it: the key, the change and what is answered commit together, and later
   * ones get what the first one got.
   *
   * @throws whatever `change` throws, {CacheError} `INTENT_REFUSED`, {IdempotencyKeyReused} and {IdempotencyKeyBusy}; nothing is written then
   */
  async run<Result>(origin: Origin, change: (manager: EntityManager) => Promise<Result>): Promise<Committed<Result>> {
    let intents: readonly Intent[] = [];
    try {
      return await inTransaction(this.dataSource, async (manager) => {
        await this.cache.withdraw(intents); // of an attempt that was rolled back
        intents = [];
        if (origin.traceparent !== undefined) {
          await manager.query(`SELECT set_config('larder.traceparent', $1, true)`, [origin.traceparent]);
        }
        const first = origin.once && (await firstAnswer<Result>(manager, origin.once));
        if (first) return first;
        const result = await change(manager);
        const committed = { result, changes: await changesOf(manager) };
        if (origin.once) await keepAnswer(manager, origin.once, committed);
        intents = committed.changes.flatMap(intentsOf);
        await this.cache.intend(intents);
        return committed;
      });
    } catch (error) {
      if (isRolledBack(error)) await this.cache.withdraw(intents); // otherwise readers find out what became of it
      throw error;
    }
  }
}

async function changesOf(manager: EntityManager): Promise<CatalogChange[]> {
  const rows = await manager.query<ChangeRow[]>(CHANGES_OF_THIS_TRANSACTION);
  return rows.map(({ type, payload, transaction }) => ({ ...parseCatalogEvent(type, payload), transaction }));
}
