import { Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import type { Store } from '../core/store.js';
import { connectRedis } from '../redis/connect-redis.js';
import { RedisStore } from '../redis/redis-store.js';
import type { CacheBackend } from './cache-module-options.js';

const FIRST_CONNECT_MS = 1_000;
const QUIT_MS = 500;

/** The store behind a module's cache, and the connection that it needs, if any. */
export class CacheConnection {
  readonly store: Store;
  private readonly redis: Redis | null;
  private readonly logger = new Logger('Cache');
  private lastError = '';

  constructor(backend: CacheBackend) {
    if ('store' in backend) {
      this.redis = null;
      this.store = backend.store;
    } else {
      this.redis = connectRedis(backend.redis, (error) => {
        this.report(error);
      });
      this.store = new RedisStore(this.redis);
    }
  }

  /** Waits a second at most: a cache that is not there must not keep a service from starting. */
  async open(): Promise<void> {
    if (this.redis === null) return;
    this.redis.on('ready', () => {
      this.lastError = '';
      this.logger.log('connected to Redis');
    });
    const connected = this.redis.connect().catch(() => undefined); // reported by the error listener, and retried
    await Promise.race([connected, new Promise((resolve) => setTimeout(resolve, FIRST_CONNECT_MS).unref())]);
  }

  /** Lets commands in flight finish, but not for long. */
  async close(): Promise<void> {
    if (this.redis === null) return;
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
