import { z } from 'zod';
import { playInterleavings } from '../../test/support/interleavings/play-interleavings.js';
import { defineSpace } from './define-space.js';

const Row = z.object({ version: z.number() });

it('never serves as fresh what was expired, nor at all what was invalidated, while values age and refresh', async () => {
  await playInterleavings({
    space: defineSpace({
      service: 'shop',
      entity: 'row',
      value: Row,
      version: (row) => row.version,
      ttlMs: 400,
      negativeTtlMs: 200,
      staleMs: 300,
      graceMs: 2_000,
      earlyRefresh: 0.4,
      softTimeoutMs: 20,
      errorBackoffMs: 60,
    }),
    encode: (version) => ({ version }),
    actions: [
      ...([
        'read',
        'read',
        'read',
        'get',
        'read many',
        'get many',
        'peek',
        'reserve',
        'loads fail',
        'evict one',
      ] as const),
      ...(['write', 'write unversioned', 'delete', 'retire', 'put', 'put', 'expire', 'expire', 'evict all'] as const),
    ],
    numRuns: 500,
  });
});
