export { isDatabaseAway } from './database-away.js';
export { DATABASE_OPTIONS, DatabaseStart, type DatabaseOptions } from './database-start.js';
export { migrateUnderLock } from './migrate-under-lock.js';
