import { MemoryStore } from '../core/memory-store.js';
import { FaultyStore, StoreFailure } from './faulty-store.js';
import { ManualClock } from './manual-clock.js';
import { describeStore } from './store-contract.js';

const clock = new ManualClock();
const memory = new MemoryStore({ now: clock.now });
let keys = 0;

describeStore(
  'FaultyStore without a fault',
  () => ({
    store: new FaultyStore(memory, clock),
    key: () => `contract:faulty:${++keys}`,
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

describe('FaultyStore', () => {
  const request = { token: 't', leaseMs: 1_000, tombstoneMs: 1_000, stamp: '' };
  const state = async (promise: Promise<unknown>): Promise<'pending' | 'resolved' | 'rejected'> => {
    let seen: 'pending' | 'resolved' | 'rejected' = 'pending';
    promise.then(
      () => (seen = 'resolved'),
      () => (seen = 'rejected'),
    );
    await new Promise(setImmediate);
    return seen;
  };
  const setUp = (): { store: FaultyStore; inner: MemoryStore; key: string } => {
    const inner = new MemoryStore({ now: clock.now });
    return { store: new FaultyStore(inner, clock), inner, key: `faulty:key:${++keys}` };
  };
  /** Whether a lease was taken. */
  const done = async (inner: MemoryStore, key: string): Promise<boolean> =>
    (await inner.lease(key, { ...request, token: 'other' })).kind === 'busy';

  it.each([
    ['refuse', 'rejected', false],
    ['hang', 'pending', false],
    ['lose-answer', 'rejected', true],
    ['never-answer', 'pending', true],
  ] as const)('%s: the operation is %s; carried out: %s', async (fault, expected, carriedOut) => {
    const { store, inner, key } = setUp();
    store.fail(fault);
    expect(await state(store.lease(key, request))).toBe(expected);
    expect(await done(inner, key)).toBe(carriedOut);
  });

  it('is slow by the clock: nothing is done before', async () => {
    const { store, inner, key } = setUp();
    store.fail({ slowMs: 50 });
    const slow = store.invalidate([{ key, version: 3 }], [], 1_000);
    clock.advance(49);
    expect(await state(slow)).toBe('pending');
    expect(await inner.lease(key, { ...request, leaseMs: 1 })).toMatchObject({ kind: 'granted', floor: 0 });
    clock.advance(1);
    expect(await state(slow)).toBe('resolved');
    expect(await inner.lease(key, request)).toMatchObject({ kind: 'granted', floor: 3 });
  });

  it('fails the next operations only, or those of one name only, the last fault set first', async () => {
    const { store, key } = setUp();
    store.fail('refuse', { only: ['lease'], times: 2 });
    store.fail('lose-answer', { only: ['lease'], times: 1 });
    await store.now();
    await expect(store.lease(key, request)).rejects.toThrow('lost');
    await expect(store.lease(key, request)).rejects.toThrow('refused');
    await expect(store.lease(key, request)).rejects.toThrow(StoreFailure);
    expect(await store.lease(key, request)).toMatchObject({ kind: 'busy' });
    expect(store.count('lease')).toBe(4);
  });

  it('cuts the feed and mends it: nobody hears what happens meanwhile, and everybody knows', async () => {
    const { store, key } = setUp();
    const heard: string[] = [];
    const stop = store.listen('faulty', {
      heard: (each) => heard.push(each),
      certified: () => undefined,
      caughtUp: () => heard.push('caught up'),
      lost: () => heard.push('lost'),
    });
    store.cutFeed();
    await store.invalidate([{ key, version: 1 }], [], 1_000);
    store.heal();
    await store.invalidate([{ key, version: 2 }], [], 1_000);
    stop();
    await store.invalidate([{ key, version: 3 }], [], 1_000);
    expect(heard).toEqual(['caught up', 'lost', 'caught up', key]);
  });

  it('is whole again once healed', async () => {
    const { store, key } = setUp();
    store.fail('refuse');
    await expect(store.look([key], [])).rejects.toThrow(StoreFailure);
    store.heal();
    expect(await store.look([key], [])).toMatchObject({ entries: [{ state: 'absent' }], tags: [] });
  });
});
