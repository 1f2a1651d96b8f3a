export type { CacheBackend, CacheModuleOptions } from './cache-module-options.js';
export { CacheModule } from './cache.module.js';
export { RedisConnection } from './redis-connection.js';
