import { describeStore } from '../testing/store-contract.js';
import { ManualClock } from '../testing/manual-clock.js';
import { MemoryStore } from './memory-store.js';
import { tag } from './tag.js';

const clock = new ManualClock();
const store = new MemoryStore({ now: clock.now });
let keys = 0;

describeStore(
  'MemoryStore',
  () => ({
    store,
    key: () => `contract:memory:${++keys}`,
    pass: (ms) => {
      clock.advance(ms);
      return Promise.resolve();
    },
  }),
  {
    describe,
    it,
    equal: (actual, expected) => {
      expect(actual).toEqual(expected);
    },
  },
);

it('MemoryStore keeps the most used entries when it is full', async () => {
  const small = new MemoryStore({ maxEntries: 2 });
  for (const key of ['a', 'b', 'c']) await small.invalidate([{ key, version: 5 }], [], 1_000);
  const request = { token: 't', leaseMs: 1, tombstoneMs: 1, stamp: '' };
  expect(await small.lease('a', request)).toMatchObject({ kind: 'granted', floor: 0 });
  expect(await small.lease('c', request)).toMatchObject({ kind: 'granted', floor: 5 });
});

it('gives a tag no value that it ever had, not even after it has forgotten everything', async () => {
  const store = new MemoryStore({ maxEntries: 10 });
  const label = tag('shop', 'members', 'all');
  const first = await store.currentTags([label]);
  store.clear();
  expect(await store.currentTags([label])).not.toEqual(first);
});

it('MemoryStore keeps every intent, however full it is', async () => {
  const small = new MemoryStore({ maxEntries: 2 });
  const keys = ['a', 'b', 'c', 'd'];
  await small.intend(keys.map((key) => ({ key, transaction: '7' })));
  for (const key of ['e', 'f', 'g']) await small.invalidate([{ key, version: 5 }], [], 1_000);
  expect((await small.look(keys, [])).entries.map(({ state }) => state)).toEqual(keys.map(() => 'intent'));
  await small.withdraw([{ key: 'a', transaction: '7' }], 1_000);
  expect((await small.look(keys, [])).entries.map(({ state }) => state)).toEqual([
    'absent',
    'intent',
    'intent',
    'intent',
  ]);
  small.clear();
  expect((await small.look(keys, [])).entries.map(({ state }) => state)).toEqual(keys.map(() => 'absent'));
});
