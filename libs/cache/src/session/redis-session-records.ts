import type { Cluster, Redis } from 'ioredis';
import { inOrder, linesOf } from './cart-lines.js';
import { SessionStoreUnavailable } from './errors.js';
import { SessionKeys } from './keys.js';
import { SESSION_POLICY, type SessionPolicy } from './policy.js';
import type {
  CartChange,
  CartLine,
  CartOwner,
  CartWrite,
  EndedSession,
  IndexEntry,
  NewSession,
  RecordCheck,
  Rotation,
  SessionRecords,
  SessionSummary,
  StoredPreferences,
  StoredPreferencesWrite,
} from './records.js';
import { changeArguments, readCartWrite } from './redis-carts.js';
import { CHECKED_FIELDS, isWrongType, readCheck, readQuietCheck } from './redis-checks.js';
import { PREFERENCES_FIELDS, readPreferences, readPreferencesWrite } from './redis-preferences.js';
import { recallEach } from './redis-recall.js';
import { readEnded, readEntries, readSummary, SUMMARY_FIELDS } from './redis-replies.js';
import { scripts } from './scripts/index.js';
import { ServerClock } from './server-clock.js';
import { MAX_SPARED } from './spared.js';
import type { Versions } from './versions.js';

type Member = Omit<IndexEntry, 'enlistedAt'>;

const memberOf = ({ id, sessionHash }: Member): string => `${id}:${sessionHash}`;

/**
 * {@link SessionRecords} in Redis: one script or command on one key each, times by Redis TIME. `redis` decides how
 * long a step may take; `connectRedis` makes a fit one. The connection stays the caller's.
 */
export class RedisSessionRecords implements SessionRecords {
  private readonly clock = new ServerClock();
  private readonly keys: SessionKeys;

  /** @param service the first part of each key, a name in lower case; two services share nothing */
  constructor(
    private readonly redis: Redis | Cluster,
    private readonly policy: SessionPolicy = SESSION_POLICY,
    service = 'auth_service',
  ) {
    this.keys = new SessionKeys(service);
  }

  async create(sessionHash: string, session: NewSession): Promise<boolean> {
    const { id, accountId, roles, generation, device, line } = session;
    const owner = [id, accountId ?? '', roles.join(','), generation];
    const args = [...owner, device, this.policy.idleMs, line?.productId ?? '', line?.quantity ?? 0];
    return reach(
      'create',
      async () => (await scripts.create(this.redis, [this.keys.session(sessionHash)], args)) === 1,
    );
  }

  /**
   * One plain read tells all, but for the rare check that has to write (a use to record, a secret to renew) or that does
   * not find the proof valid: those are the script's, which costs Redis several times as much.
   */
  async check(sessionHash: string, proofHash: string, offeredProofHash: string | null): Promise<RecordCheck> {
    const key = this.keys.session(sessionHash);
    const now = this.clock.now();
    const { renewMs, touchMs } = this.policy;
    try {
      if (now !== null) {
        const fields = await this.redis.hmget(key, ...CHECKED_FIELDS);
        const quiet = readQuietCheck(fields, { now, proofHash, offers: offeredProofHash !== null, renewMs, touchMs });
        if (quiet !== null) return quiet;
      }
      return await this.fullCheck(key, proofHash, offeredProofHash);
    } catch (cause) {
      if (isWrongType(cause)) return reach('check', () => this.fullCheck(key, proofHash, offeredProofHash));
      throw new SessionStoreUnavailable('check', { cause });
    }
  }

  async rotate(sessionHash: string, { proofHash, freshProofHash, generation }: Rotation): Promise<boolean> {
    const args = [proofHash, freshProofHash, generation ?? '', this.policy.graceMs];
    return reach(
      'rotate',
      async () => (await scripts.rotate(this.redis, [this.keys.session(sessionHash)], args)) === 1,
    );
  }

  async recordVerified(sessionHash: string, checkedAt: number): Promise<void> {
    await reach('record a check', () =>
      scripts.recordVerified(this.redis, [this.keys.session(sessionHash)], [checkedAt, this.policy.touchMs]),
    );
  }

  async adoptGeneration(sessionHash: string, generation: number): Promise<void> {
    const args = [generation, MAX_SPARED];
    await reach('adopt', () => scripts.adoptGeneration(this.redis, [this.keys.session(sessionHash)], args));
  }

  async recall(sessionHashes: readonly string[]): Promise<Versions[]> {
    const keys = sessionHashes.map((hash) => this.keys.session(hash));
    return reach('recall', () => recallEach(this.redis, keys));
  }

  async remember(sessionHash: string, versions: Versions): Promise<void> {
    const args = [this.policy.maxVersions, this.policy.maxVersionsBytes, ...Object.entries(versions).flat()];
    await reach('remember', () => scripts.remember(this.redis, [this.keys.session(sessionHash)], args));
  }

  async readPreferences(sessionHash: string): Promise<StoredPreferences | null> {
    const read = () => this.redis.hmget(this.keys.session(sessionHash), ...PREFERENCES_FIELDS);
    return reach('read preferences', async () => readPreferences(await read()));
  }

  async changePreferences(hash: string, expectedVersion: number, text: string): Promise<StoredPreferencesWrite> {
    const args = [expectedVersion, text];
    const change = () => scripts.changePreferences(this.redis, [this.keys.session(hash)], args);
    return reach('change preferences', async () => readPreferencesWrite(await change()));
  }

  async end(sessionHash: string): Promise<EndedSession | null> {
    return reach('end', async () => readEnded(await scripts.end(this.redis, [this.keys.session(sessionHash)], [])));
  }

  async supersede(sessionHash: string): Promise<EndedSession | null> {
    const args = [this.policy.graceMs];
    const supersede = () => scripts.supersede(this.redis, [this.keys.session(sessionHash)], args);
    return reach('supersede', async () => readEnded(await supersede()));
  }

  async describe(sessionHashes: readonly string[]): Promise<(SessionSummary | null)[]> {
    const read = (hash: string) => this.redis.hmget(this.keys.session(hash), ...SUMMARY_FIELDS);
    return reach('describe', async () => (await Promise.all(sessionHashes.map(read))).map(readSummary));
  }

  async enlist(accountId: string, entry: Member): Promise<IndexEntry[]> {
    const args = [memberOf(entry), this.policy.maxSessions, this.policy.absoluteMs];
    return reach('enlist', async () =>
      readEntries(await scripts.enlist(this.redis, [this.keys.index(accountId)], args)),
    );
  }

  async listed(accountId: string): Promise<IndexEntry[]> {
    return reach('list', async () =>
      readEntries(await this.redis.zrange(this.keys.index(accountId), 0, '-1', 'WITHSCORES')),
    );
  }

  async delist(accountId: string, entries: readonly Member[]): Promise<void> {
    if (entries.length === 0) return;
    await reach('delist', () => this.redis.zrem(this.keys.index(accountId), ...entries.map(memberOf)));
  }

  async readCart(owner: CartOwner): Promise<CartLine[]> {
    return reach('read a cart', async () =>
      linesOf(Object.entries(await this.redis.hgetall(this.keys.cart(owner))).flat()),
    );
  }

  async writeCart(owner: CartOwner, change: CartChange): Promise<CartWrite> {
    const { maxQuantity, maxLines, maxCartBytes, cartMs } = this.policy;
    const args = [...changeArguments(owner, change), maxQuantity, maxLines, maxCartBytes, cartMs];
    return reach('write a cart', async () =>
      readCartWrite(await scripts.writeCart(this.redis, [this.keys.cart(owner)], args)),
    );
  }

  async seal(sessionHash: string, accountId: string): Promise<{ accountId: string; lines: CartLine[] } | null> {
    const key = this.keys.session(sessionHash);
    const [owner, ...fields] = await reach('seal a cart', () => scripts.seal(this.redis, [key], [accountId]));
    return owner === undefined ? null : { accountId: owner, lines: linesOf(fields) };
  }

  async merge(accountId: string, mergeId: string, lines: readonly CartLine[]): Promise<CartLine[]> {
    const { maxQuantity, maxLines, maxCartBytes, cartMs, mergeMemoryMs } = this.policy;
    const pairs = inOrder(lines).flatMap(({ productId, quantity }) => [productId, quantity]);
    const args = [mergeId, maxQuantity, maxLines, maxCartBytes, cartMs, mergeMemoryMs, ...pairs];
    return reach('merge carts', async () =>
      linesOf(await scripts.merge(this.redis, [this.keys.cart({ accountId })], args)),
    );
  }

  private async fullCheck(key: string, proofHash: string, offeredProofHash: string | null): Promise<RecordCheck> {
    const { idleMs, absoluteMs, renewMs, graceMs, touchMs } = this.policy;
    const args = [proofHash, offeredProofHash ?? '', idleMs, absoluteMs, renewMs, graceMs, touchMs];
    const result = readCheck(await scripts.check(this.redis, [key], args), this.policy);
    if (result.state === 'live') this.clock.learn(result.facts.checkedAt);
    return result;
  }
}

async function reach<Result>(operation: string, step: () => Promise<Result>): Promise<Result> {
  try {
    return await step();
  } catch (cause) {
    throw new SessionStoreUnavailable(operation, { cause });
  }
}
