import type { ColumnOptions } from 'typeorm';

/** A `bigint` column as a number; versions stay far below 2^53. */
export const VERSION_COLUMN: ColumnOptions = {
  type: 'bigint',
  transformer: { from: Number, to: (version: unknown) => version },
};

/** A `timestamptz(3)` column as a Date. */
export const INSTANT_COLUMN: ColumnOptions = { type: 'timestamptz', precision: 3 };
