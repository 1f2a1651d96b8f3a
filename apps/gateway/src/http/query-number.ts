import { z } from 'zod';

/** A whole number as it stands in a query: digits only, then checked by `schema`. */
export function queryNumber<Schema extends z.ZodType>(schema: Schema): z.ZodPreprocess<Schema> {
  return z.preprocess((text) => (typeof text === 'string' && /^\d{1,9}$/.test(text) ? Number(text) : text), schema);
}

/** Comma-separated values as they stand in a query, then checked by `schema`. */
export function queryList<Schema extends z.ZodType>(schema: Schema): z.ZodPreprocess<Schema> {
  return z.preprocess((text) => (typeof text === 'string' ? text.split(',') : text), schema);
}
