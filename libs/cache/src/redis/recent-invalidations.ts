import type { Cluster, Redis } from 'ioredis';
import type { EntryInvalidation, Tag } from '../core/invalidation.js';
import { generationOf } from '../core/key.js';
import { watchSuccessions, type Watch } from './successions.js';

/** Applies one invalidation once; rejects if it is not applied. */
type Send = (one: EntryInvalidation | Tag, tombstoneMs: number) => Promise<unknown>;

interface Remembered {
  readonly entry: EntryInvalidation | null;
  /** Whose intents of the entry were ended. */
  readonly transactions: readonly string[];
  readonly tombstoneMs: number;
  readonly atMs: number;
}

/** Longer than a Cluster takes to replace a master, with the 15 s that it waits for one unless told otherwise. */
const REMEMBER_MS = 30_000;
/** Entries; beyond, the generations of their spaces take their place. */
const MAX_ENTRIES = 10_000;
/** Of one entry; an older one that a successor lacks the end of is ended by the readers that meet it. */
const MAX_TRANSACTIONS = 16;
const BATCH = 500;
const RETRY_MS = 100;
const MAX_RETRY_MS = 2_000;

/** What there is to remember of a tag. */
const WHOLE = { entry: null, transactions: [] } as const;

type Named = readonly [name: string, what: Remembered];

const byClient = new WeakMap<Redis | Cluster, RecentInvalidations>();

/**
 * The invalidations that Redis has acknowledged in the last 30 s: a replica that is promoted may not have received them, and
 * a server that comes back may have forgotten them. They are sent again to whoever takes over, until they are applied; until
 * then nothing that they concern is to be served from there. Of more than 10,000 entries the spaces are retired instead; tags are
 * all remembered.
 */
export class RecentInvalidations {
  /** By key or tag, oldest first. */
  private readonly remembered = new Map<string, Remembered>();
  private entries = 0;
  /** Those that the server may not have. */
  private readonly doubtful = new Map<string, Remembered>();
  /** Whether another server has taken over that has not got all of them yet. */
  private isOwed = false;
  /** Whether the first attempt to send them is still to come or to end. */
  private isSettling = false;
  private round = 0;
  private lost = 0;
  private readonly watch: Watch;
  private readonly waiting = new Set<() => void>();

  private constructor(
    private readonly redis: Redis | Cluster,
    private readonly send: Send,
  ) {
    this.watch = watchSuccessions(redis, {
      lost: () => {
        this.doubt();
      },
      found: (isAnother) => void this.settle(isAnother),
    });
    redis.on('end', () => {
      this.release(); // whoever waits is told by the client that it has ended
    });
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
    for (const entry of entries) this.put(entry.key, { ...this.merged(entry), tombstoneMs, atMs });
    for (const tag of tags) this.put(tag, { ...WHOLE, tombstoneMs, atMs });
    this.forget(atMs - REMEMBER_MS);
    if (this.entries > MAX_ENTRIES) this.collapse(tombstoneMs, atMs);
  }

  /** Whether the server may lack an invalidation of one of these keys and tags. */
  doubts(names: readonly string[]): boolean {
    return this.doubtful.size > 0 && names.some((name) => this.doubtful.has(name));
  }

  /**
   * One number for as long as no other server may have taken over: an answer that was under way while it changed may be that
   * server's. `null`: one has, and it is not known yet what it lacks.
   */
  term(): number | null {
    return this.watch.isAhead() ? null : this.lost;
  }

  /**
   * Resolves when everything that is doubted has been sent once, whether it was applied or not; at once while there is no
   * server to send it to, unless the client keeps commands until there is one.
   */
  sent(): Promise<void> {
    const { status, options } = this.redis;
    const isAway = status === 'end' || (status !== 'ready' && options.enableOfflineQueue === false);
    if (isAway || !this.isSettling) return Promise.resolve();
    return new Promise((resolve) => this.waiting.add(resolve));
  }

  private put(name: string, remembered: Remembered): void {
    this.drop(name);
    this.remembered.set(name, remembered);
    if (remembered.entry) this.entries += 1;
  }

  private drop(name: string): void {
    if (this.remembered.get(name)?.entry) this.entries -= 1;
    this.remembered.delete(name);
  }

  /** An invalidation without a version covers every version; no intent is covered by the end of another. */
  private merged(entry: EntryInvalidation): Pick<Remembered, 'entry' | 'transactions'> {
    const { entry: known, transactions } = this.remembered.get(entry.key) ?? WHOLE;
    const { transaction, ...request } = entry;
    const all = new Set(transaction === undefined ? transactions : [...transactions, transaction]);
    const isCovered = known && request.version !== undefined && (known.version ?? Infinity) > request.version;
    return { entry: isCovered ? known : request, transactions: [...all].slice(-MAX_TRANSACTIONS) };
  }

  private forget(beforeMs: number): void {
    for (const [name, { atMs }] of this.remembered) {
      if (atMs >= beforeMs) return;
      this.drop(name);
    }
  }

  private collapse(tombstoneMs: number, atMs: number): void {
    for (const [name, { entry }] of [...this.remembered]) {
      if (!entry) continue;
      this.drop(name);
      this.put(generationOf(name), { ...WHOLE, tombstoneMs, atMs });
    }
  }

  /** The connection is gone, and what was acknowledged shortly before may be too; how long it stays away is no matter. */
  private doubt(): void {
    this.round += 1;
    this.lost += 1;
    this.isSettling = true;
    this.forget(performance.now() - REMEMBER_MS);
    for (const [name, what] of this.remembered) this.doubtful.set(name, what);
  }

  private async settle(isAnother: boolean): Promise<void> {
    const round = ++this.round;
    this.isOwed ||= isAnother;
    if (!this.isOwed) this.doubtful.clear();
    await this.sendAll(round);
    if (round === this.round) this.release();
    for (let retryMs = RETRY_MS; this.doubtful.size > 0 && round === this.round; retryMs *= 2) {
      await new Promise((resolve) => setTimeout(resolve, Math.min(retryMs, MAX_RETRY_MS)).unref());
      if (this.redis.status === 'end') return;
      await this.sendAll(round);
    }
    if (round === this.round) this.isOwed = false;
  }

  /** In batches, each of which is one pipelined round trip; one that is not applied keeps no other back. */
  private async sendAll(round: number): Promise<void> {
    const all = [...this.doubtful];
    for (let at = 0; at < all.length && round === this.round; at += BATCH) {
      await Promise.all(all.slice(at, at + BATCH).map((each) => this.sendOne(each, round)));
    }
  }

  private async sendOne([name, what]: Named, round: number): Promise<void> {
    try {
      await Promise.all(invalidationsOf(name, what).map((one) => this.send(one, what.tombstoneMs)));
    } catch {
      return; // tried again
    }
    if (round !== this.round) return; // gone to yet another server
    if (this.doubtful.get(name) === what) this.doubtful.delete(name);
  }

  private release(): void {
    this.isSettling = false;
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }
}

function invalidationsOf(name: string, { entry, transactions }: Remembered): readonly (EntryInvalidation | Tag)[] {
  if (entry === null) return [name as Tag];
  return transactions.length === 0 ? [entry] : transactions.map((transaction) => ({ ...entry, transaction }));
}
