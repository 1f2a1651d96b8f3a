import type { Cluster, Redis } from 'ioredis';
import type { EntryInvalidation, Tag } from '../core/invalidation.js';
import { onSuccession } from './successions.js';

/** Applies invalidations once; rejects unless all are applied. */
type Send = (entries: readonly EntryInvalidation[], tags: readonly Tag[], tombstoneMs: number) => Promise<unknown>;

interface Remembered {
  readonly entry: EntryInvalidation | null;
  readonly tombstoneMs: number;
  readonly atMs: number;
}

/** Longer than a Cluster takes to replace a master, with the 15 s that it waits for one unless told otherwise. */
const REMEMBER_MS = 30_000;
const MAX_REMEMBERED = 10_000;
const BATCH = 500;
const RETRY_MS = 100;
const MAX_ATTEMPTS = 100;

const byClient = new WeakMap<Redis | Cluster, RecentInvalidations>();

/**
 * The invalidations that Redis has acknowledged in the last 30 s, 10,000 at most: a replica that is promoted may not have
 * received them, and a server that comes back may have forgotten them. They are sent again to whoever takes over.
 */
export class RecentInvalidations {
  /** By key or tag, oldest first. */
  private readonly remembered = new Map<string, Remembered>();
  private round = 0;

  private constructor(
    private readonly redis: Redis | Cluster,
    private readonly send: Send,
  ) {
    onSuccession(redis, () => void this.repeat());
  }

  /** Those of one client, whoever asks; `send` counts the first time. */
  static of(redis: Redis | Cluster, send: Send): RecentInvalidations {
    const known = byClient.get(redis) ?? new RecentInvalidations(redis, send);
    byClient.set(redis, known);
    return known;
  }

  /** What has just been acknowledged. */
  remember(entries: readonly EntryInvalidation[], tags: readonly Tag[], tombstoneMs: number): void {
    const atMs = performance.now();
    for (const entry of entries) this.put(entry.key, { entry: this.newest(entry), tombstoneMs, atMs });
    for (const tag of tags) this.put(tag, { entry: null, tombstoneMs, atMs });
    this.forget(atMs - REMEMBER_MS);
  }

  private put(name: string, remembered: Remembered): void {
    this.remembered.delete(name);
    this.remembered.set(name, remembered);
  }

  /** An invalidation without a version covers every version. */
  private newest(entry: EntryInvalidation): EntryInvalidation {
    const known = this.remembered.get(entry.key)?.entry;
    if (!known || entry.version === undefined) return entry;
    return known.version === undefined || known.version > entry.version ? known : entry;
  }

  private forget(beforeMs: number): void {
    for (const [name, { atMs }] of this.remembered) {
      if (atMs >= beforeMs && this.remembered.size <= MAX_REMEMBERED) return;
      this.remembered.delete(name);
    }
  }

  /** A newer succession takes over from one that still tries. */
  private async repeat(): Promise<void> {
    const round = ++this.round;
    const all = [...this.remembered];
    for (let at = 0; at < all.length; at += BATCH) {
      const batch = all.slice(at, at + BATCH);
      for (let attempt = 0; attempt < MAX_ATTEMPTS && !(await this.isApplied(batch)); attempt += 1) {
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
        if (round !== this.round || this.redis.status === 'end') return;
      }
    }
  }

  private async isApplied(batch: readonly (readonly [name: string, what: Remembered])[]): Promise<boolean> {
    const entries = batch.flatMap(([, { entry }]) => (entry ? [entry] : []));
    const tags = batch.flatMap(([name, { entry }]) => (entry ? [] : [name as Tag]));
    const tombstoneMs = Math.max(...batch.map(([, what]) => what.tombstoneMs));
    try {
      await this.send(entries, tags, tombstoneMs);
      return true;
    } catch {
      return false;
    }
  }
}
