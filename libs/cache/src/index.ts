export { Cache, type CacheCondition } from './core/cache.js';
export type { CacheOptions } from './core/cache-options.js';
export { Chain, type ChainBatch, type ChainLog, type ChainOptions } from './core/chain.js';
export type { Link, LinkAnswer } from './core/chain-steps.js';
export { systemClock, type Clock } from './core/clock.js';
export { CacheError, StoreRefusal, type CacheErrorCode } from './core/errors.js';
export type { CacheEvent, CacheListener, CircuitState, FillResult, Tier } from './core/events.js';
export type { ExplainedState, Explanation, Peek } from './core/explain.js';
export type { Demand, Freshness, FreshnessOptions, MinVersion } from './core/freshness.js';
export type { RunningTransactions } from './core/intents.js';
export type { EntryInvalidation, Intent, Invalidation, Tag } from './core/invalidation.js';
export { hashId } from './core/key.js';
export type { Load, LoadContext, LoadMany } from './core/load.js';
export type { Mark } from './core/mark.js';
export { MemoryStore, type MemoryStoreOptions } from './core/memory-store.js';
export type { Read, ReadOptions, ReadOutcome } from './core/read.js';
export type { Entry } from './core/record.js';
export { jsonSerializer, type SchemaResult, type Serializer, type ValueSchema } from './core/schema.js';
export type { Reservation } from './core/reserver.js';
export type { SpaceCache } from './core/space-cache.js';
export { defineSpace } from './core/define-space.js';
export type { L1Limits, Space, SpaceDefinition } from './core/space.js';
export type {
  FillAnswer,
  FillRequest,
  InvalidateRequest,
  LeaseAnswer,
  LeaseRequest,
  PutRequest,
} from './core/steps.js';
export type { FeedListener, Found, Inspection, Look, Store, StoreBatch } from './core/store.js';
export { tag } from './core/tag.js';
export { connectRedis } from './redis/connect-redis.js';
export type {
  RedisAddress,
  RedisClusterSettings,
  RedisSentinelSettings,
  RedisServerSettings,
  RedisSettings,
} from './redis/redis-settings.js';
export { RedisStore } from './redis/redis-store.js';
