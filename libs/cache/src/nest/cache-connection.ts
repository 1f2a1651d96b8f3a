import type { Store } from '../core/store.js';
import { RedisStore } from '../redis/redis-store.js';
import type { CacheBackend } from './cache-module-options.js';
import { RedisConnection } from './redis-connection.js';

/** The store behind a module's cache, and the connection that it needs, if any. */
export class CacheConnection {
  readonly store: Store;
  private readonly connection: RedisConnection | null;

  constructor(backend: CacheBackend) {
    if ('store' in backend) {
      this.connection = null;
      this.store = backend.store;
    } else {
      this.connection = new RedisConnection('Cache', backend.redis);
      this.store = new RedisStore(this.connection.redis);
    }
  }

  async open(): Promise<void> {
    await this.connection?.open();
  }

  async close(): Promise<void> {
    await this.connection?.close();
  }
}
