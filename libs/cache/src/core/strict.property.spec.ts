import { z } from 'zod';
import type { Action } from '../../test/support/interleavings/play.js';
import { playInterleavings } from '../../test/support/interleavings/play-interleavings.js';
import { defineSpace } from './define-space.js';

const ACTIONS: readonly Action[] = [
  ...(['read', 'read', 'read', 'get', 'read many', 'get many', 'peek', 'reserve', 'loads fail', 'evict one'] as const),
  ...([
    'write strictly',
    'write strictly',
    'write strictly',
    'roll back',
    'die after commit',
    'die before commit',
  ] as const),
];
const space = defineSpace({
  service: 'shop',
  entity: 'row',
  value: z.object({ version: z.number() }),
  version: (row) => row.version,
  ttlMs: 5_000,
  staleMs: 500,
  earlyRefresh: 0.2,
  freshness: 'strict',
});
const encode = (version: number): { version: number } => ({ version });

it('returns nothing older than what was committed when it was asked, in any interleaving', async () => {
  await playInterleavings({ space, encode, actions: ACTIONS, numRuns: 80 });
});

it('does so where many write', async () => {
  const actions: Action[] = ['read', 'read', 'get', 'write strictly', 'write strictly', 'write strictly'];
  await playInterleavings({ space, encode, actions, numRuns: 80 });
});

it('does so with a store that fails', async () => {
  const actions: Action[] = [
    ...ACTIONS,
    ...([
      'store refuses changes',
      'store refuses',
      'store loses answers',
      'store hangs',
      'store never answers',
    ] as const),
    'store heals',
  ];
  const cache = { operationTimeoutMs: 150, breakAfter: 2, probeAfterMs: 50 };
  await playInterleavings({ space, encode, actions, cache, numRuns: 80 });
});
