import { setUpRows, type RowSetUp } from '../../test/support/row-space.js';
import { never, row } from '../../test/support/versioned-row.js';
import { turns } from '../testing/turns.js';

const SETTLE_MS = 2_000;

/** A strict space of a database of which a test says which transactions are still in progress; `null`: it cannot be asked. */
function setUp(): RowSetUp & { readonly database: { running: Set<string> | null; readonly asked: string[][] } } {
  const database: ReturnType<typeof setUp>['database'] = { running: new Set<string>(), asked: [] };
  const transactions = async (ids: readonly string[]): Promise<ReadonlySet<string>> => {
    database.asked.push([...ids]);
    if (database.running === null) throw new Error('database away');
    return database.running;
  };
  return { ...setUpRows({ freshness: 'strict' }, { transactions, operationTimeoutMs: 10 }), database };
}

/** Lets readers that have met an intent ask. */
async function settle({ clock }: RowSetUp): Promise<void> {
  await turns();
  clock.advance(SETTLE_MS);
  await turns();
}

describe('a strict write', () => {
  it('has all reads load from before its commit until its invalidation, and none stored', async () => {
    const { space, cache, rows } = setUp();
    await space.getOrSet('1', async () => row(1));
    await cache.intend(rows.intents('1', '7'));
    expect(await space.read('1', async () => row(1))).toMatchObject({ outcome: 'bypass', stored: false });
    expect(await space.explain('1')).toMatchObject({ state: 'intent', tier: null, version: 1 });
    expect((await space.reserve('1')).kind).toBe('refused');
    expect(await space.read('1', async () => row(2))).toMatchObject({ value: row(2), outcome: 'bypass' });
    const [entry] = rows.entries('1', 2);
    await cache.invalidate({ entries: [{ ...entry!, transaction: '7' }], tags: [] });
    expect(await space.read('1', async () => row(2))).toMatchObject({ outcome: 'miss', stored: true });
    expect(await space.getOrSet('1', never)).toEqual(row(2));
  });

  it('that is rolled back leaves nothing', async () => {
    const { space, cache, rows } = setUp();
    await cache.intend(rows.intents('1', '7'));
    await cache.withdraw(rows.intents('1', '7'));
    expect(await space.read('1', async () => row(1))).toMatchObject({ outcome: 'miss', stored: true });
  });

  it('of nothing asks nobody', async () => {
    const { cache, store } = setUp();
    await cache.intend([]);
    await cache.withdraw([]);
    expect([store.count('intend'), store.count('withdraw')]).toEqual([0, 0]);
  });

  it.each(['refuse', 'hang', 'lose-answer', 'never-answer'] as const)(
    'is refused by a store that is to place its intent and does this: %s',
    async (fault) => {
      const { space, cache, rows, store, memory } = setUp();
      store.fail(fault, { only: ['intend'] });
      await expect(cache.intend(rows.intents('1', '7'))).rejects.toMatchObject({ code: 'INTENT_REFUSED' });
      await turns();
      expect((await memory.inspect('shop:row:1')).entry?.state).not.toBe('intent');
      expect((await space.read('1', async () => row(1))).stored).toBe(true);
    },
  );

  it('is withdrawn without a word by a store that is away', async () => {
    const { cache, rows, store } = setUp();
    await cache.intend(rows.intents('1', '7'));
    store.fail('refuse');
    await expect(cache.withdraw(rows.intents('1', '7'))).resolves.toBeUndefined();
  });
});

describe('an intent that nobody ends', () => {
  it('is ended by who meets it, two seconds later, if its transaction is over', async () => {
    const parts = setUp();
    const { space, cache, rows, clock, database, events } = parts;
    await cache.intend(rows.intents('1', '7'));
    await space.getOrSet('1', async () => row(1));
    await turns();
    clock.advance(SETTLE_MS - 1);
    await turns();
    expect(database.asked).toEqual([]);
    clock.advance(1);
    await turns();
    expect(database.asked).toEqual([['7']]);
    expect(events).toContainEqual({ type: 'settled', count: 1 });
    expect((await space.read('1', async () => row(2))).stored).toBe(true);
  });

  it('is ended too if it arrives after its write was refused', async () => {
    const parts = setUp();
    const { space, cache, rows, store, clock } = parts;
    store.fail({ slowMs: 500 }, { only: ['intend'] });
    await expect(cache.intend(rows.intents('1', '7'))).rejects.toMatchObject({ code: 'INTENT_REFUSED' });
    await turns();
    clock.advance(500);
    await turns();
    expect((await space.read('1', async () => row(1))).outcome).toBe('bypass');
    await settle(parts);
    expect((await space.read('1', async () => row(1))).stored).toBe(true);
  });

  it('stays while its transaction is in progress, and is asked after when it is met again', async () => {
    const parts = setUp();
    const { space, cache, rows, database, events } = parts;
    database.running?.add('7');
    await cache.intend([...rows.intents('1', '7'), ...rows.intents('1', '8')]);
    await space.getOrSet('1', async () => row(1));
    await settle(parts);
    expect(events).toContainEqual({ type: 'settled', count: 1 });
    expect(await space.explain('1')).toMatchObject({ state: 'intent' });
    await settle(parts);
    expect(database.asked).toEqual([['7', '8']]);
    await space.getOrSet('1', async () => row(1));
    await settle(parts);
    expect(database.asked).toEqual([['7', '8'], ['7']]);
    database.running?.clear();
    await space.getOrSet('1', async () => row(1));
    await settle(parts);
    expect((await space.read('1', async () => row(2))).stored).toBe(true);
  });

  it('is not asked after when it was ended meanwhile, and not for the sake of later ones', async () => {
    const parts = setUp();
    const { space, cache, rows, database } = parts;
    await cache.intend([...rows.intents('1', '7'), ...rows.intents('2', '7')]);
    await space.getOrSetMany(['1', '2'], async () => new Map());
    await cache.withdraw([...rows.intents('1', '7'), ...rows.intents('2', '7')]);
    await cache.intend(rows.intents('2', '9'));
    await settle(parts);
    expect(database.asked).toEqual([]);
  });

  it('is met again when the database cannot be asked, or the store cannot be told', async () => {
    const parts = setUp();
    const { space, cache, rows, database, store } = parts;
    const meet = async (): Promise<boolean> => {
      await space.getOrSet('1', async () => row(1));
      await settle(parts);
      return (await space.explain('1')).state === 'intent';
    };
    await cache.intend(rows.intents('1', '7'));
    database.running = null;
    expect(await meet()).toBe(true);
    database.running = new Set();
    store.fail('refuse', { only: ['withdraw'], times: 1 });
    expect(await meet()).toBe(true);
    store.fail('refuse', { only: ['inspect'], times: 1 });
    expect(await meet()).toBe(true);
    expect(database.asked.length).toBe(2);
    expect(await meet()).toBe(false);
  });

  it('is watched once, and no more than a thousand of them are at a time', async () => {
    const parts = setUp();
    const { space, cache, rows, clock, database } = parts;
    const ids = Array.from({ length: 1_001 }, (_, id) => String(id));
    await cache.intend(ids.flatMap((id) => rows.intents(id, '7')));
    for (let times = 0; times < 2; times++) await space.getOrSetMany(ids, async () => new Map());
    await turns();
    expect(clock.sleeping).toBe(1_000);
    await settle(parts);
    expect(database.asked.length).toBe(1_000);
    expect(await space.explain('1000')).toMatchObject({ state: 'intent' });
    await space.getOrSet('1000', async () => row(1));
    await settle(parts);
    expect((await space.explain('1000')).state).toBe('absent');
  });

  it('is left to others once the cache is closed', async () => {
    const parts = setUp();
    const { space, cache, rows, database, clock } = parts;
    await cache.intend([...rows.intents('1', '7'), ...rows.intents('2', '7')]);
    await space.getOrSet('1', async () => row(1));
    await cache.close();
    await space.getOrSet('2', async () => row(1));
    expect(clock.sleeping).toBe(1);
    await settle(parts);
    expect(database.asked).toEqual([]);
  });

  it('waits for its writer where nobody can be asked', async () => {
    const { space, cache, rows, clock } = setUpRows({ freshness: 'strict' });
    await cache.intend(rows.intents('1', '7'));
    await space.getOrSet('1', async () => row(1));
    expect(clock.sleeping).toBe(0);
  });
});
