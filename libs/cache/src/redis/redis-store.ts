import { randomBytes } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import { PartlyApplied, StoreRefusal } from '../core/errors.js';
import type { EntryInvalidation, Tag } from '../core/invalidation.js';
import { generationOf, isGeneration } from '../core/key.js';
import { parseRecord } from '../core/record.js';
import type { FillAnswer, FillRequest, LeaseAnswer, LeaseRequest, PutRequest } from '../core/steps.js';
import type { FeedListener, Found, Inspection, Look, Store } from '../core/store.js';
import { isCluster } from './is-cluster.js';
import { RecentInvalidations } from './recent-invalidations.js';
import { listenToRedis } from './redis-feed.js';
import * as scripts from './scripts.js';

/**
 * From its creation: a day longer than any entry may live, so that a value that is filled when its tag is new is not lost to
 * it; those filled later are loaded once more when it ends. A generation would take its whole space along, and has no end.
 */
const TAG_TTL_MS = 61 * 24 * 3_600_000;
/** An expiration that is sent again after a change of master is one without a version, which leaves no tombstone. */
const EXPIRED_TOMBSTONE_MS = 1;
const ABSENT = { state: 'absent' } as const;
const NONE: ReadonlySet<string> = new Set();
const FILL_ANSWERS = { '-1': 'outdated', '0': 'refused', '1': 'stored' } as const;

/**
 * A {@link Store} in Redis 7 or later, over a connection that belongs to the caller; see `connectRedis`.
 * Evicting, flushing, restarting empty and deleting keys are all safe: an absent key is only a miss.
 * On a Cluster an L1 stays off: a publication crosses the nodes' bus, and nothing proves that none was lost on the way.
 * What was invalidated shortly before another server took over counts as absent there until it has been invalidated again.
 */
export class RedisStore implements Store {
  private readonly recent: RecentInvalidations;

  /** @throws {TypeError} if the client prefixes keys: the scripts and the channels would not know of it */
  constructor(private readonly redis: Redis | Cluster) {
    if (redis.options.keyPrefix) {
      throw new TypeError(
        `RedisStore needs a client without keyPrefix "${redis.options.keyPrefix}": make the prefix part of each space's service`,
      );
    }
    this.recent = RecentInvalidations.of(redis, (one, tombstoneMs) => this.apply(one, tombstoneMs));
  }

  async look(keys: readonly string[], tags: readonly Tag[]): Promise<Look> {
    const { recent } = this;
    const names = [...keys, ...tags];
    const doubted = recent.doubts(names) ? await this.doubted(names) : NONE;
    const term = recent.term();
    const values = await this.values(names);
    if (term === null || recent.term() !== term) throw new StoreRefusal('Another server has taken over meanwhile');
    return {
      entries: keys.map((key, at) => (doubted.has(key) ? ABSENT : found(values[at]))),
      tags: tags.map((tag, at) => (doubted.has(tag) ? undefined : (values[keys.length + at] ?? null))),
    };
  }

  currentTags(tags: readonly Tag[]): Promise<string[]> {
    return Promise.all(
      tags.map((tag) => {
        const token = randomBytes(6).toString('base64url');
        return scripts.currentTag(this.redis, [tag], [token, isGeneration(tag) ? '' : TAG_TTL_MS]);
      }),
    );
  }

  async lease(key: string, { token, leaseMs, tombstoneMs, stamp, over }: LeaseRequest): Promise<LeaseAnswer> {
    const names = [key, generationOf(key)]; // the generation may stand for the key, of which too many were invalidated
    if (this.recent.doubts(names) && (await this.doubted(names)).size > 0) return { kind: 'bypass' };
    const term = this.recent.term();
    const answer = await scripts.lease(this.redis, [key], [token, leaseMs, tombstoneMs, stamp, over ?? '']);
    switch (answer[0]) {
      case 'granted':
        return { kind: 'granted', floor: Number(answer[1]), atMs: answer[2] };
      case 'busy':
        return { kind: 'busy', waitMs: answer[1] };
      case 'bypass':
        return { kind: 'bypass' };
      case 'value': {
        const entry = found(answer[1]);
        return entry.state === 'value' && term !== null && this.recent.term() === term
          ? { kind: 'value', entry }
          : { kind: 'bypass' };
      }
    }
  }

  async fill(key: string, { token, version, mark, payload, ttlMs, tombstoneMs }: FillRequest): Promise<FillAnswer> {
    return FILL_ANSWERS[await scripts.fill(this.redis, [key], [token, version, mark, payload, ttlMs, tombstoneMs])];
  }

  async release(key: string, token: string, tombstoneMs: number): Promise<void> {
    await scripts.release(this.redis, [key], [token, tombstoneMs]);
  }

  async put(key: string, { version, mark, body, stampChars, ttlMs, tombstoneMs }: PutRequest): Promise<FillAnswer> {
    const answer = await scripts.put(this.redis, [key], [version, mark, body, stampChars, ttlMs, tombstoneMs]);
    this.recent.remember([{ key, version }], [], tombstoneMs);
    return FILL_ANSWERS[answer];
  }

  async expire(keys: readonly string[], keepMs: number): Promise<void> {
    await Promise.all(keys.map((key) => scripts.expire(this.redis, [key], [keepMs])));
    this.recent.remember(
      keys.map((key) => ({ key })),
      [],
      EXPIRED_TOMBSTONE_MS,
    );
  }

  async invalidate(entries: readonly EntryInvalidation[], tags: readonly Tag[], tombstoneMs: number): Promise<void> {
    const failures: unknown[] = [];
    const attempt = (one: EntryInvalidation | Tag): Promise<boolean> =>
      this.apply(one, tombstoneMs).then(
        () => true,
        (error: unknown) => (failures.push(error), false),
      );
    const [areEntries, areTags] = await Promise.all([
      Promise.all(entries.map(attempt)),
      Promise.all(tags.map(attempt)),
    ]);
    this.recent.remember(
      entries.filter((_, at) => areEntries[at]),
      tags.filter((_, at) => areTags[at]),
      tombstoneMs,
    );
    if (failures.length === 0) return;
    if (failures.length === entries.length + tags.length) throw failures[0];
    const left = { entries: entries.filter((_, at) => !areEntries[at]), tags: tags.filter((_, at) => !areTags[at]) };
    throw new PartlyApplied(left, { cause: failures[0] });
  }

  async inspect(key: string): Promise<Inspection> {
    const [text, ttlMs, nowMs] = await Promise.all([this.values([key]), this.redis.pttl(key), this.now()]);
    const [value] = text;
    return { entry: value ? parseRecord(value) : null, ttlMs: ttlMs < 0 ? null : ttlMs, nowMs };
  }

  async now(): Promise<number> {
    const [seconds, microseconds] = await this.redis.time();
    return Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000);
  }

  listen(service: string, listener: FeedListener): () => void {
    return isCluster(this.redis) ? () => undefined : listenToRedis(this.redis, service, listener);
  }

  private apply(one: EntryInvalidation | Tag, tombstoneMs: number): Promise<unknown> {
    if (typeof one === 'string') return scripts.retire(this.redis, [one], []);
    return scripts.invalidate(this.redis, [one.key], [one.version ?? '', tombstoneMs]);
  }

  /** Of these, those whose latest invalidation the server, which has just taken over, has not got even now. */
  private async doubted(names: readonly string[]): Promise<ReadonlySet<string>> {
    await this.recent.sent();
    return new Set(names.filter((name) => this.recent.doubts([name])));
  }

  /** A key of another type is nothing to us: MGET says so, and GET fails. */
  private async values(keys: readonly string[]): Promise<(string | null)[]> {
    if (!isCluster(this.redis)) return this.redis.mget(...keys);
    const { redis } = this;
    return Promise.all(keys.map((key) => redis.get(key).catch(absentIfForeign))); // the keys are on several nodes
  }
}

function absentIfForeign(error: unknown): null {
  if (error instanceof Error && error.message.startsWith('WRONGTYPE')) return null;
  throw error;
}

function found(text: string | null | undefined): Found {
  const entry = text ? parseRecord(text) : null;
  if (entry?.state === 'value') return entry;
  return entry?.state === 'intent' ? { state: 'intent' } : ABSENT;
}
