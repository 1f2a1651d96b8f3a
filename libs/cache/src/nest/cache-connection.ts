import type { Store } from '../core/store.js';
import type { RedisSettings } from '../redis/redis-settings.js';
import { RedisStore } from '../redis/redis-store.js';
import type { CacheBackend } from './cache-module-options.js';
import { RedisConnection } from './redis-connection.js';

/** The store behind a module's cache, and the connection that it needs, if any. */
export class CacheConnection {
  readonly store: Store;
  private readonly connection: RedisConnection | null;

  /** @throws {Error} when neither a Redis nor a store is given, as when a configuration lacks it */
  constructor(backend: CacheBackend) {
    const { store, redis } = backend as Partial<Record<'store', Store> & Record<'redis', RedisSettings>>;
    if (store) {
      this.connection = null;
      this.store = store;
    } else if (redis) {
      this.connection = new RedisConnection('Cache', redis);
      this.store = new RedisStore(this.connection.redis);
    } else {
      throw new Error('CacheModule.forRoot needs `redis`, as { host, port }, or a `store`: both are undefined');
    }
  }

  async open(): Promise<void> {
    await this.connection?.open();
  }

  async close(): Promise<void> {
    await this.connection?.close();
  }
}
