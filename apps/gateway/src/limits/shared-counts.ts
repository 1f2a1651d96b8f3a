import type { Cluster, Redis } from 'ioredis';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { WINDOW_MS, type SharedUse } from './usage.js';

/** The limits that every client has. */
export type PolicyName = 'requests' | 'changes';

/** How many uses each limit allows in a window. */
export type Quotas = Readonly<Record<PolicyName, number>>;

/** The uses of all gateways, counted in Redis: one key per limit and client, gone when its window ends. */
export class SharedCounts {
  private readonly limiters: Readonly<Record<PolicyName, RateLimiterRedis>>;

  /** @param redis  fails a command when it is away or slow, instead of holding it back */
  constructor(redis: Redis | Cluster, quotas: Quotas) {
    const limiter = (policy: PolicyName): RateLimiterRedis =>
      new RateLimiterRedis({
        storeClient: redis,
        rejectIfRedisNotReady: true,
        keyPrefix: `gateway:limit:${policy}`,
        points: quotas[policy],
        duration: WINDOW_MS / 1_000,
      });
    this.limiters = { requests: limiter('requests'), changes: limiter('changes') };
  }

  /** Adds uses of a client. @throws when Redis does not take them; it may have counted them all the same */
  async add(policy: PolicyName, client: string, uses: number): Promise<SharedUse> {
    const { consumedPoints, msBeforeNext } = await this.limiters[policy].penalty(client, uses);
    return { used: consumedPoints, endsInMs: msBeforeNext };
  }
}
