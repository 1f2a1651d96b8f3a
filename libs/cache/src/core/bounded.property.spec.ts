import { z } from 'zod';
import type { Action } from '../../test/support/interleavings/play.js';
import { playInterleavings } from '../../test/support/interleavings/play-interleavings.js';
import { defineSpace } from './define-space.js';

const ACTIONS: readonly Action[] = [
  ...(['read', 'read', 'read', 'get', 'read many', 'get many', 'peek', 'reserve', 'loads fail', 'evict one'] as const),
  ...([
    'commit',
    'commit',
    'commit',
    'relay stops',
    'relay goes on',
    'fail over',
    'fail over far',
    'evict all',
  ] as const),
  ...(['store refuses', 'store loses answers', 'store never answers', 'store heals'] as const),
];
const encode = (version: number): { version: number } => ({ version });
const definition = {
  service: 'shop',
  entity: 'row',
  value: z.object({ version: z.number() }),
  version: (row: { version: number }) => row.version,
  ttlMs: 60_000,
  graceMs: 1_000,
  freshness: { maxStalenessMs: 600 },
};

it('returns nothing that was out of date for longer than its bound, whatever becomes of events and of the store', async () => {
  await playInterleavings({ space: defineSpace(definition), encode, actions: ACTIONS, numRuns: 80 });
});

it('does so where the store loses its last changes again and again', async () => {
  const actions: Action[] = ['read', 'commit', 'fail over', 'fail over far'];
  await playInterleavings({ space: defineSpace(definition), encode, actions, numRuns: 130 });
});

const l1 = { maxEntries: 10, maxBytes: 10_000, maxStalenessMs: 400 };

it('does so within the process', async () => {
  const actions: Action[] = [
    ...(['read', 'read', 'get', 'read many', 'peek', 'commit', 'commit', 'relay stops', 'relay goes on'] as const),
    ...(['fail over', 'evict one', 'feed is cut', 'feed is mute', 'feed speaks'] as const),
  ];
  await playInterleavings({ space: defineSpace({ ...definition, l1 }), encode, actions, numRuns: 60 });
});

it('does so within the process while nobody applies anything', async () => {
  const actions: Action[] = ['read', 'commit', 'relay stops'];
  await playInterleavings({ space: defineSpace({ ...definition, l1 }), encode, actions, numRuns: 60 });
});
