import { LRUCache } from 'lru-cache';
import type { FillResult } from './events.js';

/** What this process remembers of one key. `at` is a date of this machine. */
export interface Note {
  readonly lastInvalidation?: { readonly at: Date; readonly version: number | null };
  readonly lastRefusal?: { readonly at: Date; readonly reason: Exclude<FillResult, 'stored'> };
}

const MAX_KEYS = 1_000;

/** The latest happenings of the keys that something happened to last, for `explain`. */
export class Notes {
  private readonly byKey = new LRUCache<string, Note>({ max: MAX_KEYS });

  invalidated(key: string, version: number | undefined): void {
    this.byKey.set(key, { ...this.of(key), lastInvalidation: { at: new Date(), version: version ?? null } });
  }

  refused(key: string, reason: Exclude<FillResult, 'stored'>): void {
    this.byKey.set(key, { ...this.of(key), lastRefusal: { at: new Date(), reason } });
  }

  of(key: string): Note {
    return this.byKey.get(key) ?? {};
  }
}
