export { freePort } from './ports.js';
export { query, startPostgres, type PostgresServer } from './postgres.js';
export { manage, startRabbit, type RabbitServer } from './rabbit.js';
export { startRedis, type RedisOptions } from './redis.js';
export type { Server } from './server.js';
export { borrowDatabase, borrowVhost, type Borrowed, type BorrowedVhost } from './shared.js';
export { Guard } from './guard.js';
export { createTempDir, removeDir } from './temp-dir.js';
