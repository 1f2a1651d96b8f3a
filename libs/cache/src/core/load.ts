import { AsyncResource } from 'node:async_hooks';
import { bulkhead, BulkheadRejectedError, TaskCancelledError, timeout, TimeoutStrategy } from 'cockatiel';
import type { BulkheadPolicy, IPolicy } from 'cockatiel';
import { CacheError } from './errors.js';

/** What a load is given: it is to stop when `signal` aborts, because its time is up. */
export interface LoadContext {
  readonly signal: AbortSignal;
}

/** A load of one id: given when to stop and which key it is for. */
export type Load<Loaded> = (context: LoadContext & { readonly key: string }) => Promise<Loaded>;

/** Loads values by id, all in one go. An id that is not in the answer does not exist. `undefined` is returned but not stored. */
export type LoadMany<Value> = (
  ids: string[],
  context: LoadContext,
) => Promise<ReadonlyMap<string, Value | null | undefined>>;

export interface LoadLimits {
  /** Loads of one space at the same time, at most. */
  readonly loadConcurrency: number;
  /** Loads that may wait for a place, at most; beyond, `LOAD_REJECTED`. */
  readonly loadQueue: number;
  /** How long one load may take, its wait for a place included, in milliseconds; beyond, `LOAD_TIMEOUT`. It keeps its place until it ends. */
  readonly loadTimeoutMs: number;
}

/** Of all places, so many are kept free of loads that nobody waits for. */
const FOREGROUND_SHARE = 0.5;

/**
 * Protects what the loads of one space run against: only so many at once, only so many waiting, none for ever. Each space has
 * its own, because a load may read another space: those that hold all places of a common one would wait for each other.
 */
export class LoadGate {
  private readonly places: BulkheadPolicy;
  private readonly deadline: IPolicy<LoadContext>;

  constructor(private readonly limits: LoadLimits) {
    this.places = bulkhead(limits.loadConcurrency, limits.loadQueue);
    this.deadline = timeout(limits.loadTimeoutMs, TimeoutStrategy.Aggressive);
  }

  /** Whether a load that nobody waits for may begin: nothing waits, and half of the places are free. */
  get hasRoom(): boolean {
    const { loadConcurrency, loadQueue } = this.limits;
    return this.places.queueSlots === loadQueue && this.places.executionSlots >= loadConcurrency * FOREGROUND_SHARE;
  }

  /**
   * @param background whether nobody waits for it: then it never waits itself, but is rejected unless the gate {@link hasRoom}
   * @throws {CacheError} `LOAD_REJECTED`, `LOAD_TIMEOUT`; @throws what `load` throws, unchanged
   */
  async run<Result>(load: (context: LoadContext) => Promise<Result>, background = false): Promise<Result> {
    const own = new WeakSet<object>(); // errors of the load itself, which pass unchanged even if they look like ours
    try {
      return await this.deadline.execute(({ signal }) =>
        this.enter(
          () =>
            load({ signal }).catch((error: unknown) => {
              throw remember(error, own);
            }),
          signal,
          background,
        ),
      );
    } catch (error) {
      throw error instanceof Error && own.has(error) ? error : this.refusal(error);
    }
  }

  private enter<Result>(begin: () => Promise<Result>, signal: AbortSignal, background: boolean): Promise<Result> {
    if (background && !this.hasRoom) throw new CacheError('LOAD_REJECTED', 'Loads that somebody waits for come first');
    // A load that had to wait would begin in the context of the one that made room.
    return this.places.execute(AsyncResource.bind(begin), signal);
  }

  private refusal(error: unknown): unknown {
    const { loadConcurrency, loadQueue, loadTimeoutMs } = this.limits;
    if (error instanceof BulkheadRejectedError) {
      return new CacheError('LOAD_REJECTED', `${loadConcurrency} loads run and ${loadQueue} wait already`, {
        cause: error,
      });
    }
    if (error instanceof TaskCancelledError) {
      return new CacheError('LOAD_TIMEOUT', `The load took more than ${loadTimeoutMs} ms`, { cause: error });
    }
    return error;
  }
}

function remember(error: unknown, errors: WeakSet<object>): unknown {
  if (error instanceof Error) errors.add(error);
  return error;
}
