export { CacheEvict, type CacheEvictOptions } from './cache-evict.js';
export { CacheHealthIndicator, type CacheHealth, type CacheHealthOptions } from './cache-health-indicator.js';
export type { CacheBackend, CacheModuleOptions } from './cache-module-options.js';
export { CachePut, type CachePutOptions } from './cache-put.js';
export { CacheModule } from './cache.module.js';
export { Cacheable, type CacheableOptions } from './cacheable.js';
export { RedisConnection } from './redis-connection.js';
export { InjectSpace } from './space-provider.js';
