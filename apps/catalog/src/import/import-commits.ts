import type { Cache } from '@larder/cache';
import { invalidationsOf } from '@larder/contracts';
import type { DataSource, EntityManager } from 'typeorm';
import { Commits } from '../database/commits.js';
import { inTransaction } from '../database/in-transaction.js';

const UNTRACED = { traceparent: undefined };

/** Commits what an import changes, and tells caches of it before the import goes on. */
export class ImportCommits {
  private readonly commits: Commits | null;
  private isTold: boolean;

  /** @param cache `null`: there is none to be told, so whoever has one hears of changes by their events only */
  constructor(
    private readonly dataSource: DataSource,
    private readonly cache: Cache | null,
  ) {
    this.commits = cache && new Commits(dataSource, cache);
    this.isTold = cache !== null;
  }

  /** Whether caches have been told of all changes so far; otherwise they hear of some by their events only. */
  get announced(): boolean {
    return this.isTold;
  }

  /** Runs `change` in one transaction, as {@link Commits.run} does. @throws {CacheError} `INTENT_REFUSED`; nothing is written then */
  async run<Result>(change: (manager: EntityManager) => Promise<Result>): Promise<Result> {
    if (this.cache === null || this.commits === null) return inTransaction(this.dataSource, change);
    const { result, changes } = await this.commits.run(UNTRACED, change);
    try {
      await this.cache.invalidateAll(changes.map(invalidationsOf));
    } catch {
      this.isTold = false; // intents stand until the events arrive, so stock stays strict
    }
    return result;
  }
}
