import { z } from 'zod';
import { playInterleavings } from '../../test/support/interleavings/play-interleavings.js';
import { defineSpace } from './define-space.js';
import { tag } from './tag.js';

const Row = z.object({ version: z.number() });
const FALSY = [0, '', false, [], {}, null];

it('returns nothing older than the last finished invalidation, in any interleaving', async () => {
  await playInterleavings({
    space: defineSpace({ service: 'shop', entity: 'row', value: Row, version: (row) => row.version, ttlMs: 60_000 }),
    encode: (version) => ({ version }),
    actions: [
      ...([
        'read',
        'read',
        'get',
        'read many',
        'get many',
        'peek',
        'reserve',
        'write',
        'write',
        'write unversioned',
        'write many',
      ] as const),
      ...(['delete', 'retire', 'put', 'put', 'expire', 'evict one', 'evict all', 'loads fail'] as const),
    ],
    numRuns: 250,
  });
});

it('returns nothing older than the last finished invalidation by a tag, falsy values and absences included', async () => {
  await playInterleavings({
    space: defineSpace({ service: 'shop', entity: 'list', value: z.unknown(), ttlMs: 60_000 }),
    encode: (version) => FALSY[version % FALSY.length] ?? null,
    tags: [tag('shop', 'members', 'all')],
    actions: [
      ...([
        'read',
        'read',
        'get',
        'read many',
        'peek',
        'retire tag',
        'retire tag',
        'write unversioned',
        'retire',
      ] as const),
      ...(['expire', 'evict one', 'evict all', 'loads fail'] as const),
    ],
    numRuns: 250,
  });
});
