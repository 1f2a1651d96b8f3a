import { Tables1700000000001 } from './1700000000001-tables.js';
import { Versions1700000000002 } from './1700000000002-versions.js';
import { Events1700000000003 } from './1700000000003-events.js';
import { InvalidationLog1700000000004 } from './1700000000004-invalidation-log.js';
import { OwedEvents1700000000005 } from './1700000000005-owed-events.js';
import { IdempotencyKeys1700000000006 } from './1700000000006-idempotency-keys.js';

/** The steps that bring any older schema of the catalogue up to date, oldest first. A step that has been released never changes. */
export const MIGRATIONS = [
  Tables1700000000001,
  Versions1700000000002,
  Events1700000000003,
  InvalidationLog1700000000004,
  OwedEvents1700000000005,
  IdempotencyKeys1700000000006,
];
