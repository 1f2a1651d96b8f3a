import type { Cache } from './cache.js';
import type { LinkAnswer } from './chain-steps.js';
import type { Invalidation, Tag } from './invalidation.js';
import type { StoreBatch } from './store.js';

/**
 * One step of a service's chain of changes, which are numbered without gaps. It applies on a store that stands at `after`, which
 * then stands at `upTo`; equal numbers and nothing to invalidate make a beat, which only shows that nothing is missing.
 * `asOfMs`: an instant of the store's clock before which nothing was committed that is not in this batch or before it; `null` when
 * nobody can tell.
 */
export interface ChainBatch {
  readonly after: number;
  readonly upTo: number;
  readonly asOfMs: number | null;
  readonly invalidation: Invalidation;
}

/** The batches of the last minutes, where the source keeps them. */
export interface ChainLog {
  /**
   * Those that follow the number `after`, in order, the first at most some hundreds of them; none when it is the last. `null`
   * when the log does not reach back so far, or `after` lies beyond its end. Rejects when the log cannot be read now.
   */
  since(after: number): Promise<readonly ChainBatch[] | null>;
}

export interface ChainOptions {
  /** The service that the spaces belong to. */
  readonly service: string;
  /** Every space of the service that is read through this store. */
  readonly spaces: readonly { readonly generation: Tag }[];
  readonly log: ChainLog;
}

/** Longer than a restart of what keeps the log. */
const MAX_UNREADABLE_MS = 30_000;
/** Rounds of replaying, at most, before an event counts as one that could not be applied. */
const MAX_ROUNDS = 1_000;

/**
 * Applies the chain of one service to a store, so that the store can say how current it is. A store that went back in time, by a
 * failover or a restart from disk, shows by its number what it lacks, and is brought up from the log before it is certified again.
 * For one batch at a time.
 */
export class Chain {
  private unreadableSinceMs: number | null = null;

  constructor(
    private readonly cache: Cache,
    private readonly options: ChainOptions,
  ) {}

  /**
   * Resolves when the store has all of `batch`, and all that comes before it.
   * @throws {CacheError} `BATCH_REFUSED` when the store cannot be used, and whatever the log rejects with, for half a minute: call it again then
   */
  async apply(batch: ChainBatch): Promise<'applied' | 'duplicate'> {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const answer = await this.send(batch);
      if (answer.kind === 'applied') return 'applied';
      if (answer.kind === 'duplicate' && !(await this.isAheadOfLog(answer.at, batch))) return 'duplicate';
      await this.bringUp(answer, batch);
    }
    throw new Error(`The store has not reached ${batch.after} in ${MAX_ROUNDS} rounds`);
  }

  /** A source that was restored from a backup numbers anew what the store believes to have. Its beats tell: nothing else is asked after. */
  private async isAheadOfLog(at: number, { after, upTo }: ChainBatch): Promise<boolean> {
    return after === upTo && at > upTo && (await this.missing(at)) === null;
  }

  private async bringUp(answer: LinkAnswer, { after }: ChainBatch): Promise<void> {
    const missing = answer.kind === 'gap' ? await this.missing(answer.at) : null;
    if (missing === null || missing.length === 0) {
      await this.restart(answer, after);
      return;
    }
    const { service } = this.options;
    this.cache.report({ type: 'chain', service, what: 'gap', count: missing.length });
    for (const each of missing) {
      if ((await this.send({ ...each, asOfMs: null })).kind !== 'applied') return; // another process is at it, or it went back again
    }
  }

  /** What the log has. One that cannot be read for so long counts as one that does not reach back: nothing may be held up by it for ever. */
  private async missing(at: number): Promise<readonly ChainBatch[] | null> {
    try {
      const batches = await this.options.log.since(at);
      this.unreadableSinceMs = null;
      return batches;
    } catch (error) {
      this.unreadableSinceMs ??= performance.now();
      if (performance.now() - this.unreadableSinceMs < MAX_UNREADABLE_MS) throw error;
      return null;
    }
  }

  /** Everything that is cached is retired, and the store stands where the batch begins: all of that is committed. */
  private async restart({ kind }: LinkAnswer, at: number): Promise<void> {
    const { service, spaces } = this.options;
    await this.cache.restartChain(
      service,
      at,
      spaces.map(({ generation }) => generation),
    );
    this.cache.report({ type: 'chain', service, what: kind === 'unknown' ? 'begun' : 'restarted', count: 1 });
  }

  private send({ after, upTo, asOfMs, invalidation }: ChainBatch): Promise<LinkAnswer> {
    const batch: StoreBatch = { after, upTo, asOfMs, ...invalidation };
    return this.cache.applyBatch(this.options.service, batch);
  }
}
