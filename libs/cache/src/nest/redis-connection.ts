import { Logger } from '@nestjs/common';
import type { Cluster, Redis } from 'ioredis';
import { connectRedis } from '../redis/connect-redis.js';
import type { RedisSettings } from '../redis/redis-settings.js';

const FIRST_CONNECT_MS = 1_000;
const QUIT_MS = 500;
/** An error that does not come back for so long has ended, whatever the others do. */
const SAME_OUTAGE_MS = 30_000;

/** One Redis connection with the life of a Nest module: opened at its start, closed at its end, its outages logged. */
export class RedisConnection {
  readonly redis: Redis | Cluster;
  private readonly logger: Logger;
  /** When each error was met last, in this process's time. */
  private readonly met = new Map<string, number>();

  /** @param name whose connection it is, in the log; nothing connects before {@link open} */
  constructor(name: string, settings: RedisSettings) {
    this.logger = new Logger(name);
    this.redis = connectRedis(settings, (error) => {
      this.report(error);
    });
    this.redis.on('ready', () => {
      this.met.clear();
      this.logger.log('connected to Redis');
    });
  }

  /** Waits a second at most: a Redis that is not there must not keep a service from starting. */
  async open(): Promise<void> {
    const connected = this.redis.connect().catch(() => undefined); // reported by the error listener, and retried
    await Promise.race([connected, new Promise((resolve) => setTimeout(resolve, FIRST_CONNECT_MS).unref())]);
  }

  /** Lets commands in flight finish, but not for long. */
  async close(): Promise<void> {
    const quit = this.redis.quit().catch(() => undefined);
    await Promise.race([quit, new Promise((resolve) => setTimeout(resolve, QUIT_MS).unref())]);
    this.redis.disconnect();
  }

  /** Logs an outage once, not at every attempt to reconnect; a Cluster and Sentinels have several errors for the same one. */
  private report(error: Error): void {
    const text = error.message || error.name;
    const outage = text.replace(/[\d.]+ms/g, ''); // how long until the next attempt
    const [nowMs, lastMs] = [performance.now(), this.met.get(outage)];
    this.met.set(outage, nowMs);
    if (lastMs !== undefined && nowMs - lastMs < SAME_OUTAGE_MS) return;
    this.logger.warn(`Redis connection: ${text}`);
  }
}
