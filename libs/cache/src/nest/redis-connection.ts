import { Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { connectRedis, type RedisSettings } from '../redis/connect-redis.js';

const FIRST_CONNECT_MS = 1_000;
const QUIT_MS = 500;

/** One Redis connection with the life of a Nest module: opened at its start, closed at its end, its outages logged. */
export class RedisConnection {
  readonly redis: Redis;
  private readonly logger: Logger;
  private lastError = '';

  /** @param name whose connection it is, in the log; nothing connects before {@link open} */
  constructor(name: string, settings: RedisSettings) {
    this.logger = new Logger(name);
    this.redis = connectRedis(settings, (error) => {
      this.report(error);
    });
    this.redis.on('ready', () => {
      this.lastError = '';
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

  /** Logs an outage once, not at every attempt to reconnect. */
  private report(error: Error): void {
    const text = error.message || error.name;
    if (text === this.lastError) return;
    this.lastError = text;
    this.logger.warn(`Redis connection: ${text}`);
  }
}
