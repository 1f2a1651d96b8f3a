/** What a cache does, as it happens. No ids: `space` is `service:entity`. Durations are in milliseconds. */
export type CacheEvent =
  | {
      readonly type: 'read';
      readonly space: string;
      readonly outcome: 'hit' | 'negative' | 'miss' | 'bypass';
      readonly count: number;
    }
  | { readonly type: 'coalesced'; readonly space: string; readonly count: number }
  | { readonly type: 'load'; readonly space: string; readonly durationMs: number; readonly failed: boolean }
  | { readonly type: 'fill'; readonly space: string; readonly result: 'stored' | 'refused' | 'outdated' | 'unstorable' }
  | { readonly type: 'corrupt'; readonly space: string }
  | {
      readonly type: 'invalidation';
      readonly entries: number;
      readonly tags: number;
      readonly result: 'applied' | 'queued' | 'rejected';
    }
  | { readonly type: 'operation'; readonly operation: string; readonly durationMs: number; readonly failed: boolean }
  | { readonly type: 'circuit'; readonly state: 'closed' | 'open' | 'half-open' };

/** Told everything; must be quick and must not throw. */
export type CacheListener = (event: CacheEvent) => void;
