import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { EntryInvalidation, Tag } from '../core/invalidation.js';
import { parseRecord } from '../core/record.js';
import type { FillAnswer, FillRequest, LeaseAnswer, LeaseRequest } from '../core/steps.js';
import type { Found, Look, Store } from '../core/store.js';
import * as scripts from './scripts.js';

/** Tags outlive every derived value that carries them; one that expires all the same only costs a load. */
const TAG_TTL_MS = 24 * 3_600_000;

/**
 * A {@link Store} in Redis 7 or later, over a connection that belongs to the caller; see `connectRedis`.
 * Evicting, flushing, restarting empty and deleting keys are all safe: an absent key is only a miss.
 */
export class RedisStore implements Store {
  constructor(private readonly redis: Redis) {}

  async look(keys: readonly string[], tags: readonly Tag[]): Promise<Look> {
    const values = await this.redis.mget(...keys, ...tags);
    return { entries: values.slice(0, keys.length).map(found), tags: values.slice(keys.length) };
  }

  currentTags(tags: readonly Tag[]): Promise<string[]> {
    return Promise.all(
      tags.map((tag) => scripts.currentTag(this.redis, [tag], [randomBytes(6).toString('base64url'), TAG_TTL_MS])),
    );
  }

  async lease(key: string, { token, leaseMs, tombstoneMs, stamp }: LeaseRequest): Promise<LeaseAnswer> {
    const answer = await scripts.lease(this.redis, [key], [token, leaseMs, tombstoneMs, stamp]);
    switch (answer[0]) {
      case 'granted':
        return { kind: 'granted', floor: Number(answer[1]) };
      case 'busy':
        return { kind: 'busy', waitMs: answer[1] };
      case 'bypass':
        return { kind: 'bypass' };
      case 'value': {
        const entry = found(answer[1]);
        return entry.state === 'value'
          ? { kind: 'value', version: entry.version, payload: entry.payload }
          : { kind: 'bypass' };
      }
    }
  }

  async fill(key: string, { token, version, payload, ttlMs, tombstoneMs }: FillRequest): Promise<FillAnswer> {
    const answer = await scripts.fill(this.redis, [key], [token, version, payload, ttlMs, tombstoneMs]);
    return answer === 1 ? 'stored' : answer === 0 ? 'refused' : 'outdated';
  }

  async release(key: string, token: string, tombstoneMs: number): Promise<void> {
    await scripts.release(this.redis, [key], [token, tombstoneMs]);
  }

  async invalidate(entries: readonly EntryInvalidation[], tags: readonly Tag[], tombstoneMs: number): Promise<void> {
    await Promise.all([
      ...entries.map(({ key, version }) => scripts.invalidate(this.redis, [key], [version ?? '', tombstoneMs])),
      ...tags.map((tag) => this.redis.del(tag)), // the next reader creates it anew, with a value it never had
    ]);
  }

  async ping(): Promise<void> {
    await this.redis.ping();
  }
}

function found(record: string | null | undefined): Found {
  const entry = record ? parseRecord(record) : null;
  if (entry?.state === 'value') return entry;
  return { state: entry?.state === 'intent' ? 'intent' : 'absent' };
}
