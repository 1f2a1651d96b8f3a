import { createHash } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import { AuthUnavailable } from '../failures/unavailable.js';
import { TooManyAttempts } from './domain/account-errors.js';

const MS_PER_SECOND = 1_000;
const WINDOW_SECONDS = 15 * 60;

/**
 * How many attempts are free in 15 minutes. One address may miss an account 10 times; all addresses together may miss it
 * 100 times, so a stranger far away does not lock its owner out; one address may miss 100 times in all.
 */
const FREE = { pair: 10, account: 100, address: 100, registration: 100 } as const;

type Kind = keyof typeof FREE;
type Spent = readonly (readonly [limiter: RateLimiterAbstract, key: string])[];

/** Limits on attempts to sign in and to register, counted in Redis, or in this process without one. */
export class AttemptLimits {
  private readonly limiters: Readonly<Record<Kind, RateLimiterAbstract>>;

  constructor(redis: Redis | Cluster | null) {
    const limiter = (kind: Kind): RateLimiterAbstract => {
      const options = { keyPrefix: `auth_service:attempts-${kind}`, points: FREE[kind], duration: WINDOW_SECONDS };
      return redis === null
        ? new RateLimiterMemory(options)
        : new RateLimiterRedis({ ...options, storeClient: redis, rejectIfRedisNotReady: true });
    };
    this.limiters = {
      pair: limiter('pair'),
      account: limiter('account'),
      address: limiter('address'),
      registration: limiter('registration'),
    };
  }

  /**
   * Counts an attempt to give an account's password, before it is looked at.
   *
   * @returns takes the attempt back, for a right password
   * @throws {TooManyAttempts} @throws {AuthUnavailable} when it cannot be counted
   */
  async countSignIn(email: string, address: string | undefined): Promise<() => Promise<void>> {
    const { pair, account, address: origin } = this.limiters;
    const spent: Spent = [
      ...(address === undefined ? [] : [[origin, hashed(address)] as const]),
      [pair, hashed(`${address ?? ''} ${email}`)],
      [account, hashed(email)],
    ];
    await spend(spent);
    return () => takeBack(spent);
  }

  /** Counts an attempt to register. @throws {TooManyAttempts} @throws {AuthUnavailable} when it cannot be counted */
  async countRegistration(address: string | undefined): Promise<void> {
    if (address !== undefined) await spend([[this.limiters.registration, hashed(address)]]);
  }
}

/** Stops at the first refusal, so that an address which is refused for an account takes nothing from the account's points. */
async function spend(points: Spent): Promise<void> {
  for (const [limiter, key] of points) {
    try {
      await limiter.consume(key);
    } catch (reason) {
      if (!(reason instanceof RateLimiterRes)) throw new AuthUnavailable(reason);
      throw new TooManyAttempts(Math.max(1, Math.ceil(reason.msBeforeNext / MS_PER_SECOND)));
    }
  }
}

/** Best effort: a point that stays spent comes back by itself when its window ends. */
async function takeBack(points: Spent): Promise<void> {
  await Promise.allSettled(points.map(([limiter, key]) => limiter.reward(key)));
}

function hashed(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('base64url');
}
