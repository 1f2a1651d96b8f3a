import { randomBytes } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import { PartlyApplied, StoreRefusal } from '../core/errors.js';
import type { LinkAnswer } from '../core/chain-steps.js';
import type { EntryInvalidation, Intent, Tag } from '../core/invalidation.js';
import { generationOf, isGeneration } from '../core/key.js';
import type { FillAnswer, FillRequest, LeaseAnswer, LeaseRequest, PutRequest } from '../core/steps.js';
import type { FeedListener, Inspection, Look, Store, StoreBatch } from '../core/store.js';
import { Buckets } from './buckets.js';
import { isCluster } from './is-cluster.js';
import { RecentInvalidations } from './recent-invalidations.js';
import { RedisChain } from './redis-chain.js';
import { ABSENT, found, RedisValues, timeOf } from './redis-values.js';
import { listenToRedis } from './redis-feed.js';
import * as scripts from './scripts.js';

/**
 * From its creation: a day longer than any entry may live, so that a value that is filled when its tag is new is not lost to
 * it; those filled later are loaded once more when it ends. A generation would take its whole space along, and has no end.
 */
const TAG_TTL_MS = 61 * 24 * 3_600_000;
/** An expiration that is sent again after a change of master is one without a version, which leaves no tombstone. */
const EXPIRED_TOMBSTONE_MS = 1;
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
  private readonly buckets: Buckets;
  private readonly values: RedisValues;
  private readonly chain: RedisChain;

  /** @throws {TypeError} if the client prefixes keys: the scripts and the channels would not know of it */
  constructor(private readonly redis: Redis | Cluster) {
    if (redis.options.keyPrefix) {
      throw new TypeError(
        `RedisStore needs a client without keyPrefix "${redis.options.keyPrefix}": make the prefix part of each space's service`,
      );
    }
    this.buckets = new Buckets(redis);
    this.values = new RedisValues(redis, this.buckets);
    this.chain = new RedisChain(redis, this.buckets);
    this.recent = RecentInvalidations.of(redis, (one, tombstoneMs) => this.apply(one, tombstoneMs));
  }

  async look(keys: readonly string[], tags: readonly Tag[], services: readonly string[] = []): Promise<Look> {
    const { recent } = this;
    const names = [...keys, ...tags];
    const doubted = recent.doubts(names) ? await this.doubted(names) : NONE;
    const term = recent.term();
    const { certificates, values } = await this.values.read(names, services);
    if (term === null || recent.term() !== term) throw new StoreRefusal('Another server has taken over meanwhile');
    return {
      entries: keys.map((key, at) => (doubted.has(key) ? ABSENT : found(values[at]))),
      tags: tags.map((tag, at) => (doubted.has(tag) ? undefined : (values[keys.length + at] ?? null))),
      certificates,
    };
  }

  currentTags(tags: readonly Tag[]): Promise<string[]> {
    return Promise.all(
      tags.map((tag) => {
        const token = randomBytes(6).toString('base64url');
        return scripts.currentTag(this.redis, [this.buckets.place(tag)], [token, isGeneration(tag) ? '' : TAG_TTL_MS]);
      }),
    );
  }

  async lease(key: string, { token, leaseMs, tombstoneMs, stamp, over }: LeaseRequest): Promise<LeaseAnswer> {
    const names = [key, generationOf(key)]; // the generation may stand for the key, of which too many were invalidated
    if (this.recent.doubts(names) && (await this.doubted(names)).size > 0) return { kind: 'bypass' };
    const term = this.recent.term();
    const answer = await scripts.lease(
      this.redis,
      [this.buckets.place(key)],
      [token, leaseMs, tombstoneMs, stamp, over ?? ''],
    );
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
    return FILL_ANSWERS[
      await scripts.fill(this.redis, [this.buckets.place(key)], [token, version, mark, payload, ttlMs, tombstoneMs])
    ];
  }

  async release(key: string, token: string, tombstoneMs: number): Promise<void> {
    await scripts.release(this.redis, [this.buckets.place(key)], [token, tombstoneMs]);
  }

  async put(key: string, { version, mark, body, stampChars, ttlMs, tombstoneMs }: PutRequest): Promise<FillAnswer> {
    const answer = await scripts.put(
      this.redis,
      [this.buckets.place(key)],
      [version, mark, body, stampChars, ttlMs, tombstoneMs],
    );
    this.recent.remember([{ key, version }], [], tombstoneMs);
    return FILL_ANSWERS[answer];
  }

  async expire(keys: readonly string[], keepMs: number): Promise<void> {
    await Promise.all(keys.map((key) => scripts.expire(this.redis, [this.buckets.place(key)], [keepMs])));
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

  async intend(intents: readonly Intent[]): Promise<void> {
    await Promise.all(
      intents.map(({ key, transaction }) => scripts.intend(this.redis, [this.buckets.place(key)], [transaction])),
    );
  }

  async withdraw(intents: readonly Intent[], tombstoneMs: number): Promise<void> {
    const { redis, buckets } = this;
    await Promise.all(
      intents.map(({ key, transaction }) => scripts.withdraw(redis, [buckets.place(key)], [transaction, tombstoneMs])),
    );
  }

  applyBatch(service: string, batch: StoreBatch, tombstoneMs: number): Promise<LinkAnswer> {
    return this.chain.apply(service, batch, tombstoneMs);
  }

  restartChain(service: string, at: number, tags: readonly Tag[]): Promise<void> {
    return this.chain.restart(service, at, tags);
  }

  inspect(key: string): Promise<Inspection> {
    return this.values.inspect(key);
  }

  now(): Promise<number> {
    return timeOf(this.redis);
  }

  listen(service: string, listener: FeedListener): () => void {
    return isCluster(this.redis) ? () => undefined : listenToRedis(this.redis, service, listener);
  }

  private apply(one: EntryInvalidation | Tag, tombstoneMs: number): Promise<unknown> {
    if (typeof one === 'string') return scripts.retire(this.redis, [this.buckets.place(one)], []);
    const { key, version, transaction } = one;
    const request = [version ?? '', tombstoneMs, transaction ?? ''];
    return scripts.invalidate(this.redis, [this.buckets.place(key)], request);
  }

  /** Of these, those whose latest invalidation the server, which has just taken over, has not got even now. */
  private async doubted(names: readonly string[]): Promise<ReadonlySet<string>> {
    await this.recent.sent();
    return new Set(names.filter((name) => this.recent.doubts([name])));
  }
}
