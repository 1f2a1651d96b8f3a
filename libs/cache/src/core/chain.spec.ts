import { setUpChain, type ChainSetUp } from '../../test/support/chain-scene.js';
import { never, row } from '../../test/support/versioned-row.js';
import { Cache } from './cache.js';
import { Chain } from './chain.js';

/** A chain that has begun, and row 1 cached at version 1. */
async function setUp(): Promise<ChainSetUp> {
  const parts = setUpChain({ freshness: 'acknowledged' }, { operationTimeoutMs: 10 });
  await parts.certify();
  await parts.space.getOrSet('1', async () => row(1));
  parts.events.splice(0);
  return parts;
}

const told = ({ events }: ChainSetUp): unknown[] => events.filter(({ type }) => type === 'chain');
const to2 = { key: 'shop:row:1', version: 2 };
const other = { key: 'shop:row:2', version: 2 };
const certificateOf = async ({ memory }: ChainSetUp): Promise<unknown> =>
  (await memory.look([], [], ['shop'])).certificates[0];

describe('a chain of changes', () => {
  it('begins with everything retired, where the store does not know how far it is', async () => {
    const parts = setUpChain({ freshness: 'acknowledged' });
    const { space, chain, change, events } = parts;
    await space.getOrSet('1', async () => row(1));
    expect(await chain.apply(change(other))).toBe('applied');
    expect(told(parts)).toEqual([{ type: 'chain', service: 'shop', what: 'begun', count: 1 }]);
    expect(await space.peek('1')).toEqual({ status: 'absent' });
    expect(await chain.apply(change(other))).toBe('applied');
    expect(events.filter(({ type }) => type === 'chain').length).toBe(1);
  });

  it('is applied in order, and once', async () => {
    const parts = await setUp();
    const { space, chain, change } = parts;
    const [first, second] = [change(other), change(to2)];
    expect(await chain.apply(first)).toBe('applied');
    expect((await space.peek('1')).status).toBe('fresh');
    expect(await chain.apply(second)).toBe('applied');
    expect((await space.peek('1')).status).toBe('absent');
    await space.getOrSet('1', async () => row(2));
    expect([await chain.apply(first), await chain.apply(second)]).toEqual(['duplicate', 'duplicate']);
    expect((await space.peek('1')).status).toBe('fresh');
    expect(told(parts)).toEqual([]);
  });

  it('tells what this process holds within itself', async () => {
    const { chain, change, space, store, certify } = setUpChain({
      freshness: 'eventual',
      l1: { maxEntries: 9, maxBytes: 9_999 },
    });
    await certify();
    await space.getOrSet('1', async () => row(1));
    store.cutFeed(); // what it hears is late: it tells itself
    store.heal();
    await space.read('1', never);
    const applied = chain.apply(change(to2));
    await applied;
    expect(await space.getOrSet('1', async () => row(2))).toEqual(row(2));
  });

  it('is brought up from the log where the store lacks some of it, in as many answers as that takes', async () => {
    const parts = await setUp();
    const { space, chain, change, log, clock } = parts;
    log.most = 2;
    change(to2);
    for (let more = 0; more < 4; more++) change(other);
    const last = { ...change(other), asOfMs: clock.now() };
    expect(await chain.apply(last)).toBe('duplicate'); // the log has it as well
    expect(told(parts).map((each) => (each as { count: number }).count)).toEqual([2, 2, 2]);
    expect((await space.peek('1')).status).toBe('absent');
    expect(await chain.apply(log.beat(null))).toBe('applied');
  });

  it('certifies nothing by what it replays, and then what it stands for', async () => {
    const parts = await setUp();
    const { chain, change, log, clock, certify } = parts;
    const before = await certificateOf(parts);
    clock.advance(500);
    log.append({ entries: [to2], tags: [] }, clock.now());
    await chain.apply({ ...change(other), asOfMs: clock.now() });
    expect(await certificateOf(parts)).toBe(before);
    await certify();
    expect(await certificateOf(parts)).toBe(clock.now());
  });

  it('finds by a beat what is missing', async () => {
    const parts = await setUp();
    parts.change(to2);
    expect(await parts.certify()).toBe('applied');
    expect(told(parts)).toEqual([{ type: 'chain', service: 'shop', what: 'gap', count: 1 }]);
    expect((await parts.space.peek('1')).status).toBe('absent');
  });

  it.each<[string, (parts: ChainSetUp) => void]>([
    [
      'the log does not reach back to it',
      ({ log }) => {
        log.forget(log.last);
      },
    ],
    [
      'the log has nothing of it',
      ({ log }) => {
        log.since = async () => [];
      },
    ],
  ])('is begun anew, with everything retired, when the store lacks some and %s', async (_, lose) => {
    const parts = await setUp();
    const { chain, change, space, log, clock } = parts;
    change(to2);
    lose(parts);
    expect(await chain.apply({ ...log.beat(clock.now()) })).toBe('applied');
    expect(told(parts)).toEqual([{ type: 'chain', service: 'shop', what: 'restarted', count: 1 }]);
    expect((await space.peek('1')).status).toBe('absent');
  });

  it('is begun anew when the store is ahead of a log that was restored from a backup', async () => {
    const parts = await setUp();
    const { chain, change, space, log } = parts;
    for (let more = 0; more < 3; more++) await chain.apply(change(other));
    log.batches = log.batches.slice(0, 1);
    change(other); // number 2 once more, with another content
    expect(await chain.apply(log.beat(null))).toBe('applied');
    expect(told(parts)).toEqual([{ type: 'chain', service: 'shop', what: 'restarted', count: 1 }]);
    expect((await space.peek('1')).status).toBe('absent');
    expect(await chain.apply(change(to2))).toBe('applied');
  });

  it.each(['applyBatch', 'restartChain'] as const)(
    'fails when the store does not do this, and goes on when it does: %s',
    async (operation) => {
      const parts = await setUp();
      const { chain, change, store, memory, space } = parts;
      if (operation === 'restartChain') memory.clear();
      const batch = change(to2);
      for (const fault of ['refuse', 'hang', 'lose-answer', 'never-answer'] as const) {
        store.fail(fault, { only: [operation], times: 1 });
        await expect(chain.apply(batch)).rejects.toMatchObject({ name: 'CacheError', code: 'BATCH_REFUSED' });
        memory.clear();
      }
      expect(await chain.apply(batch)).toBe('applied');
      expect((await space.peek('1')).status).toBe('absent');
    },
  );

  it('passes on what the log fails with, and loses nothing', async () => {
    const parts = await setUp();
    const { chain, change, log, space } = parts;
    change(to2);
    const batch = change(other);
    log.failure = new Error('log away');
    await expect(chain.apply(batch)).rejects.toThrow('log away');
    log.failure = null;
    expect(await chain.apply(batch)).toBe('duplicate');
    expect((await space.peek('1')).status).toBe('absent');
  });

  it('goes on where a process stopped that was bringing it up', async () => {
    const parts = await setUp();
    const { chain, change, store, space } = parts;
    for (const entry of [to2, other, other]) change(entry);
    const batch = change(other);
    store.fail('lose-answer', { only: ['applyBatch'], times: 3 });
    for (let crash = 0; crash < 3; crash++) await expect(chain.apply(batch)).rejects.toThrow();
    expect(await chain.apply(batch)).toBe('duplicate');
    expect((await space.peek('1')).status).toBe('absent');
  });

  it('meets another process that applies it meanwhile', async () => {
    const parts = await setUp();
    const { change, log, memory, clock, rows, chain } = parts;
    const twin = new Chain(new Cache({ store: memory, clock }), { service: 'shop', spaces: [rows], log });
    for (const entry of [to2, other, other]) change(entry);
    const since = log.since.bind(log);
    log.since = async (after) => {
      log.since = since;
      const missing = await since(after);
      await twin.apply(log.batches[1]!); // while this one is about to
      return missing;
    };
    expect(await chain.apply(log.beat(clock.now()))).toBe('applied');
    expect((await memory.look([], [], ['shop'])).certificates).toEqual([clock.now()]);
  });

  it('gives up on a store that never gets there', async () => {
    const { chain, change, log } = await setUp();
    change(to2);
    log.since = async () => [{ ...log.batches[0]!, after: 7, upTo: 8 }];
    await expect(chain.apply(log.beat(null))).rejects.toThrow('in 1000 rounds');
  });
});
