import { bulkhead, BulkheadRejectedError, TaskCancelledError, timeout, TimeoutStrategy } from 'cockatiel';
import type { IPolicy } from 'cockatiel';
import { CacheError } from './errors.js';

/** What a load is given: it is to stop when `signal` aborts, because its time is up. */
export interface LoadContext {
  readonly signal: AbortSignal;
}

/** Loads values by id, all in one go. An id that is not in the answer does not exist. `undefined` is returned but not stored. */
export type LoadMany<Value> = (
  ids: string[],
  context: LoadContext,
) => Promise<ReadonlyMap<string, Value | null | undefined>>;

export interface LoadLimits {
  /** Loads at the same time, at most. */
  readonly loadConcurrency: number;
  /** Loads that may wait for a place, at most; beyond, `LOAD_REJECTED`. */
  readonly loadQueue: number;
  /** How long one load may take, its wait for a place included, in milliseconds; beyond, `LOAD_TIMEOUT`. It keeps its place until it ends. */
  readonly loadTimeoutMs: number;
}

/** Protects what the loads run against: only so many at once, only so many waiting, none for ever. */
export class LoadGate {
  private readonly places: IPolicy;
  private readonly deadline: IPolicy<LoadContext>;

  constructor(private readonly limits: LoadLimits) {
    this.places = bulkhead(limits.loadConcurrency, limits.loadQueue);
    this.deadline = timeout(limits.loadTimeoutMs, TimeoutStrategy.Aggressive);
  }

  /** @throws {CacheError} `LOAD_REJECTED`, `LOAD_TIMEOUT`; @throws what `load` throws, unchanged */
  async run<Result>(load: (context: LoadContext) => Promise<Result>): Promise<Result> {
    const own = new WeakSet<object>(); // errors of the load itself, which pass unchanged even if they look like ours
    try {
      return await this.deadline.execute(({ signal }) =>
        this.places.execute(
          () =>
            load({ signal }).catch((error: unknown) => {
              throw remember(error, own);
            }),
          signal,
        ),
      );
    } catch (error) {
      throw error instanceof Error && own.has(error) ? error : this.refusal(error);
    }
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
