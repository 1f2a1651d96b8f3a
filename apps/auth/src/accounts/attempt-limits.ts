import { createHash } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import { AuthUnavailable } from '../failures/unavailable.js';
import { TooManyAttempts } from './domain/account-errors.js';
import type { Visitor } from './password-hasher.js';

const MS_PER_SECOND = 1_000;
const WINDOW_SECONDS = 15 * 60;

/**
 * How many attempts are free in 15 minutes. One address may miss an account 10 times; all addresses together may miss it
 * 100 times, so a stranger far away does not lock its owner out; one address may miss 100 times in all. A device that the
 * account has signed in on may miss it 10 times whatever others do, and so may each of its sessions; all such devices together
 * 50 times.
 */
const FREE = { pair: 10, account: 100, address: 100, registration: 100, device: 10, devices: 50, session: 10 } as const;

type Kind = keyof typeof FREE;
type Spent = readonly (readonly [limiter: RateLimiterAbstract, key: string])[];

/** Who tries to sign in. `address` is where from, if known; `device` the name of a device that the account knows, or `null`. */
export interface Attempt {
  readonly email: string;
  readonly address?: string | undefined;
  readonly device: string | null;
}

/** An attempt that has been counted. */
export interface CountedAttempt {
  /** `known` if it was counted apart from those of strangers. */
  readonly visitor: Visitor;
  /** For a right password, or one that was not looked at. Does not fail. */
  readonly takeBack: () => Promise<void>;
}

/** Limits on attempts to give a password and to register, counted in Redis, or in this process without one. */
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
      device: limiter('device'),
      devices: limiter('devices'),
      session: limiter('session'),
    };
  }

  /**
   * Counts an attempt to give an account's password, before it is looked at. On a known device it is counted for that device
   * alone; once the device has missed too often, it counts like any other.
   *
   * @throws {TooManyAttempts} @throws {AuthUnavailable} when it cannot be counted
   */
  async countSignIn({ email, address, device }: Attempt): Promise<CountedAttempt> {
    const { pair, account, address: origin } = this.limiters;
    const own = device === null ? null : await this.countOnDevice(device, email).catch(unlessTooMany);
    if (own !== null) return own;
    const spent: Spent = [
      [pair, hashed(`${address ?? ''} ${email}`)],
      ...(address === undefined ? [] : [[origin, hashed(address)] as const]),
      [account, hashed(email)],
    ];
    return counted('anybody', spent);
  }

  /**
   * Counts an attempt to give the password again in a session. For that session alone: whoever has stolen one cannot keep the
   * owner from signing in, nor from changing the password in another.
   *
   * @throws {TooManyAttempts} @throws {AuthUnavailable} when it cannot be counted
   */
  async countInSession(sessionId: string): Promise<CountedAttempt> {
    return counted('known', [[this.limiters.session, hashed(sessionId)]]);
  }

  /** Counts an attempt to register. @throws {TooManyAttempts} @throws {AuthUnavailable} when it cannot be counted */
  async countRegistration(address: string | undefined): Promise<void> {
    if (address !== undefined) await spend([[this.limiters.registration, hashed(address)]]);
  }

  private countOnDevice(device: string, email: string): Promise<CountedAttempt> {
    const { device: one, devices: all } = this.limiters;
    return counted('known', [
      [one, hashed(device)],
      [all, hashed(email)],
    ]);
  }
}

async function counted(visitor: Visitor, spent: Spent): Promise<CountedAttempt> {
  await spend(spent);
  return { visitor, takeBack: () => takeBack(spent) };
}

function unlessTooMany(error: unknown): null {
  if (error instanceof TooManyAttempts) return null;
  throw error;
}

/** All points or none: an attempt that is refused takes none from anybody, also none beyond a limit, which no refund would restore. */
async function spend(points: Spent): Promise<void> {
  for (const [at, [limiter, key]] of points.entries()) {
    try {
      await limiter.consume(key);
    } catch (reason) {
      if (!(reason instanceof RateLimiterRes)) throw new AuthUnavailable(reason);
      await takeBack(points.slice(0, at + 1)); // the one that refuses has counted it too
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
