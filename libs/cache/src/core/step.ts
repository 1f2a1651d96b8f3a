import type { Entry } from './record.js';

/**
 * What one command makes of a key, and what it answers.
 *
 * The protocol of one key is pure functions from what the key holds to such a step. `MemoryStore` runs these functions; the Lua
 * scripts of `RedisStore` say the same, and a differential test keeps the two equal. Every step may run late, twice or out of
 * order, and a key that vanishes at any moment costs a load, never freshness: a fill needs its own lease to be present.
 */
export interface Step<Answer> {
  /** Absent: the key stays as it is. `null`: the key is deleted. `ttlMs` `Infinity`: it stays until told otherwise; `'kept'`: as long as it would have; `atMost`: no longer than that either. */
  readonly write?: { readonly entry: Entry; readonly ttlMs: Ttl } | null;
  readonly answer: Answer;
}

export type Ttl = number | 'kept' | { readonly atMost: number };
