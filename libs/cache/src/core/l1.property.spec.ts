import { z } from 'zod';
import type { Action } from '../../test/support/interleavings/play.js';
import { playInterleavings } from '../../test/support/interleavings/play-interleavings.js';
import { defineSpace } from './define-space.js';

const Row = z.object({ version: z.number() });
const ACTIONS: readonly Action[] = [
  ...([
    'read',
    'read',
    'read',
    'get',
    'read many',
    'get many',
    'peek',
    'loads fail',
    'evict one',
    'evict all',
  ] as const),
  ...([
    'write',
    'write unversioned',
    'write many',
    'retire',
    'expire',
    'feed is cut',
    'feed is mute',
    'feed speaks',
  ] as const),
];
const LIMITS = { maxEntries: 10, maxBytes: 10_000, maxStalenessMs: 400 };

it('serves within the process nothing older than what the process has done and heard', async () => {
  await playInterleavings({
    space: defineSpace({
      service: 'shop',
      entity: 'row',
      value: Row,
      version: (row) => row.version,
      ttlMs: 60_000,
      graceMs: 1_000,
      earlyRefresh: 0.2,
      l1: LIMITS,
    }),
    encode: (version) => ({ version }),
    actions: [...ACTIONS, 'delete', 'put', 'put'],
    numRuns: 250,
  });
});

it('does so for values without versions', async () => {
  await playInterleavings({
    space: defineSpace({ service: 'shop', entity: 'sum', value: z.unknown(), ttlMs: 500, staleMs: 500, l1: LIMITS }),
    encode: (version) => version % 7,
    actions: ACTIONS.filter((action) => action !== 'write' && action !== 'write many'),
    numRuns: 250,
  });
});
