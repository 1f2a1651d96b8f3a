import { z } from 'zod';

/** A row that carries its version. */
export const Row = z.object({
  version: z.number(),
  name: z.string().optional(),
  tags: z.array(z.string()).optional(),
});
/** A value of {@link Row}. */
export type Row = z.infer<typeof Row>;

/** The row at a version. */
export const row = (version: number): Row => ({ version });

/** A load for reads that must be answered without one. */
export const never = (): Promise<never> => Promise.reject(new Error('must not load'));
