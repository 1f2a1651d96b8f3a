import { inspect } from 'node:util';

/** Where a value came from: this process, the store, or its load. */
export type Tier = 'l1' | 'store' | 'source';

/** Why a loaded value was not stored; `unstorable`: it is too large, or the serializer refused it. */
export type FillResult = 'stored' | 'refused' | 'outdated' | 'unstorable' | 'unreachable';

/** Whether the store is used: `closed` yes, `open` no, `half-open` it is being asked whether it is back. */
export type CircuitState = 'closed' | 'open' | 'half-open';

/** What a cache does, as it happens. No ids: `space` is `service:entity`. Durations are in milliseconds. */
export type CacheEvent =
  | {
      readonly type: 'read';
      readonly space: string;
      readonly outcome: 'hit' | 'negative' | 'stale' | 'miss' | 'bypass';
      readonly tier: Tier;
      readonly count: number;
    }
  | { readonly type: 'coalesced'; readonly space: string; readonly count: number }
  | { readonly type: 'load'; readonly space: string; readonly durationMs: number; readonly failed: boolean }
  | { readonly type: 'refresh'; readonly space: string; readonly reason: 'early' | 'stale' }
  | { readonly type: 'fill'; readonly space: string; readonly result: FillResult }
  | { readonly type: 'promotion'; readonly space: string; readonly result: 'kept' | 'refused' }
  | { readonly type: 'corrupt'; readonly space: string }
  | {
      readonly type: 'invalidation';
      readonly entries: number;
      readonly tags: number;
      /**
       * `queued`: they wait for the store, and are told once more when it has applied them, several of one key as one.
       * `dropped`: they waited for a store that had not applied them when the cache was closed.
       */
      readonly result: 'applied' | 'queued' | 'rejected' | 'dropped';
      /** How many wait for the store now. */
      readonly pending: number;
    }
  | { readonly type: 'retired'; readonly space: string; readonly reason: 'asked' | 'overflow' }
  /** Reads that the store could have answered, had it been certified as the read demands; they were loaded. */
  | { readonly type: 'uncertified'; readonly space: string; readonly count: number }
  /**
   * What befell the chain of a service. `begun`: the store did not know where it stands, and everything was retired. `gap`: it lacked
   * `count` batches, which were applied. `restarted`: it lacked some that nobody has any more, and everything was retired.
   */
  | {
      readonly type: 'chain';
      readonly service: string;
      readonly what: 'begun' | 'gap' | 'restarted';
      readonly count: number;
    }
  /** Intents of strict writes that were ended for writers that had not done so. */
  | { readonly type: 'settled'; readonly count: number }
  | { readonly type: 'l1'; readonly space: string; readonly state: 'on' | 'off' }
  | {
      readonly type: 'operation';
      readonly operation: string;
      readonly durationMs: number;
      readonly failed: boolean;
      /** Why it failed: what the store rejected with. Its text is for a log, not for a metric. */
      readonly error?: unknown;
    }
  | { readonly type: 'circuit'; readonly state: CircuitState };

/**
 * Told everything; must be quick. What it throws never reaches a read or a change: the first such error of a cache is
 * reported through `process.emitWarning`, further ones are not.
 */
export type CacheListener = (event: CacheEvent) => void;

/** As `listener`, but never throws: whoever tells an event is in the middle of something. */
export function sheltered(listener: CacheListener): CacheListener {
  let hasFailed = false;
  return (event) => {
    try {
      listener(event);
    } catch (error) {
      if (hasFailed) return;
      hasFailed = true;
      process.emitWarning(`A listener threw when it was told of a cache's event "${event.type}"`, {
        type: 'CacheListenerWarning',
        detail: inspect(error),
      });
    }
  };
}
