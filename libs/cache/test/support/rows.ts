import { z } from 'zod';
import { defineSpace } from '../../src/index.js';

const Row = z.object({ version: z.number() });

/** The space that processes of a test share. */
export const rows = defineSpace({
  service: 'shop',
  entity: 'row',
  value: Row,
  version: (row) => row.version,
  ttlMs: 60_000,
});
