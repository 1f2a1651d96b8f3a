import { Inject, Injectable } from '@nestjs/common';
import { Cache, type CacheCondition } from '../core/cache.js';
import { DeadlineExceeded } from '../core/deadline.js';

/** What the indicator says of the cache. */
export type CacheHealth<Status extends string> = CacheCondition & {
  readonly status: Status;
  /** How long the store took to answer, in milliseconds; absent unless it has. */
  readonly latencyMs?: number;
  /** Why the status is not `up`: `timeout`, no answer within the operation timeout; `unreachable`, an error. */
  readonly reason?: 'timeout' | 'unreachable';
};

export interface CacheHealthOptions<Unreachable extends 'down' | 'degraded'> {
  /**
   * The status when the store does not answer; `down` unless given, which fails the whole check. Because a service goes
   * on without its cache, `degraded` is often right; Terminus knows it from 12 on.
   */
  readonly whenUnreachable?: Unreachable;
}

/** An indicator for Terminus 11 and 12, which need not be installed: `() => indicator.isHealthy('cache')`. */
@Injectable()
export class CacheHealthIndicator {
  constructor(@Inject(Cache) private readonly cache: Cache) {}

  /** Asks the store whether it answers, past the breaker, and reports it under `key`. Takes no longer than the operation timeout; never throws. */
  async isHealthy<Key extends string, Unreachable extends 'down' | 'degraded' = 'down'>(
    key: Key,
    options?: CacheHealthOptions<Unreachable>,
  ): Promise<Record<Key, CacheHealth<'up' | Unreachable>>> {
    const health = await this.ask(options?.whenUnreachable ?? ('down' as Unreachable));
    return { [key]: health } as Record<Key, typeof health>;
  }

  private async ask<Unreachable extends string>(unreachable: Unreachable): Promise<CacheHealth<'up' | Unreachable>> {
    const startedMs = performance.now();
    try {
      await this.cache.ping();
      return { status: 'up', latencyMs: performance.now() - startedMs, ...this.cache.condition };
    } catch (error) {
      const reason = error instanceof DeadlineExceeded ? 'timeout' : 'unreachable';
      return { status: unreachable, reason, ...this.cache.condition };
    }
  }
}
