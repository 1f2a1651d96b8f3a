import { z } from 'zod';
import type { Action } from '../../test/support/interleavings/play.js';
import { playInterleavings } from '../../test/support/interleavings/play-interleavings.js';
import { defineSpace } from './define-space.js';

const Row = z.object({ version: z.number() });
const ACTIONS: readonly Action[] = [
  ...([
    'read',
    'read',
    'get',
    'read many',
    'write',
    'write',
    'write unversioned',
    'write many',
    'retire',
    'put',
  ] as const),
  ...(['expire', 'store refuses changes', 'store refuses changes', 'store refuses changes', 'store refuses'] as const),
  ...(['store loses answers', 'store hangs', 'store never answers', 'store heals'] as const),
  ...(['evict one', 'evict all', 'loads fail'] as const),
];
const CACHE = { operationTimeoutMs: 150, breakAfter: 2, probeAfterMs: 50, maxPendingInvalidations: 3 };
const LIFETIMES = { ttlMs: 600, staleMs: 300, graceMs: 2_000 };

it('serves nothing of an invalidation that waits for the store, and loses none', async () => {
  const space = defineSpace({
    service: 'shop',
    entity: 'row',
    value: Row,
    version: (row) => row.version,
    ...LIFETIMES,
  });
  await playInterleavings({ space, encode: (version) => ({ version }), actions: ACTIONS, cache: CACHE, numRuns: 250 });
});

it('serves nothing of it within the process either', async () => {
  const space = defineSpace({
    service: 'shop',
    entity: 'row',
    value: Row,
    version: (row) => row.version,
    ...LIFETIMES,
    l1: { maxEntries: 10, maxBytes: 10_000, maxStalenessMs: 400 },
  });
  const actions = [...ACTIONS, 'read', 'feed is cut'] as const;
  await playInterleavings({ space, encode: (version) => ({ version }), actions, cache: CACHE, numRuns: 250 });
});
