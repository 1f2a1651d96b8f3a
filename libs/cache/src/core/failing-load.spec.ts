import { z } from 'zod';
import { deferred } from '../testing/deferred.js';
import { ManualClock } from '../testing/manual-clock.js';
import { Cache } from './cache.js';
import { MemoryStore } from './memory-store.js';
import { defineSpace } from './define-space.js';

const BACKOFF_MS = 100;
const settings = { service: 'shop', value: z.unknown(), ttlMs: 60_000 };
const rows = defineSpace<unknown>({ ...settings, entity: 'row', errorBackoffMs: BACKOFF_MS });
const impatient = defineSpace<unknown>({ ...settings, entity: 'impatient', errorBackoffMs: 0 });

/** A source whose loads fail when the test says so, and the space in two processes. */
function setUp(space = rows) {
  const clock = new ManualClock();
  const store = new MemoryStore({ now: clock.now });
  const [here, there] = [new Cache({ store, clock }), new Cache({ store, clock })].map((cache) => cache.space(space));
  const loads: ReturnType<typeof deferred<unknown>>[] = [];
  const load = (): Promise<unknown> => {
    const begun = deferred<unknown>();
    loads.push(begun);
    return begun.promise;
  };
  return { here: here!, there: there!, clock, loads, load };
}

const turn = (): Promise<void> => new Promise(setImmediate);
const times = <Result>(count: number, make: () => Result): Result[] => Array.from({ length: count }, make);
const reasons = async (reads: readonly Promise<unknown>[]): Promise<Set<unknown>> => {
  const results = await Promise.allSettled(reads);
  return new Set(results.map((result): unknown => (result.status === 'rejected' ? result.reason : 'resolved')));
};

/** The very object, not an equal one. */
const expectOnly = (seen: ReadonlySet<unknown>, error: unknown): void => {
  expect(seen.size).toBe(1);
  expect([...seen][0]).toBe(error);
};

it('rejects 100 callers with the one error of one load', async () => {
  const { here, loads, load } = setUp();
  const reads = times(100, () => here.getOrSet('1', load));
  await turn();
  const error = new Error('the source is down');
  loads[0]!.reject(error);
  expectOnly(await reasons(reads), error);
  expect(loads).toHaveLength(1);
});

it('lets those who ask while it runs wait out the back-off and share one more load', async () => {
  const { here, clock, loads, load } = setUp();
  const early = here.getOrSet('1', load);
  await turn();
  const late: Promise<unknown>[] = [];
  for (let caller = 0; caller < 99; caller++) {
    late.push(here.getOrSet('1', load));
    await turn();
  }
  const [first, second] = [new Error('first'), new Error('second')];
  loads[0]!.reject(first);
  expectOnly(await reasons([early]), first);
  await turn();
  clock.advance(BACKOFF_MS - 1);
  await turn();
  expect(loads).toHaveLength(1);
  clock.advance(1);
  await turn();
  expect(loads).toHaveLength(2);
  loads[1]!.reject(second);
  expectOnly(await reasons(late), second);
  expect(loads).toHaveLength(2);
});

it('loads anew at once without a back-off', async () => {
  const { here, loads, load } = setUp(impatient);
  const first = here.getOrSet('1', load);
  await turn();
  loads[0]!.reject(new Error('first'));
  await reasons([first]);
  const second = here.getOrSet('1', load);
  await turn();
  loads[1]!.resolve('row');
  expect(await second).toBe('row');
});

it('holds back the id that failed, not others, and not other processes', async () => {
  const { here, there, loads, load } = setUp();
  const failed = here.getOrSet('1', load);
  await turn();
  loads[0]!.reject(new Error('down'));
  await reasons([failed]);
  const [other, elsewhere] = [here.getOrSet('2', load), there.getOrSet('1', load)];
  await turn();
  expect(loads).toHaveLength(3);
  for (const begun of loads) begun.resolve('row');
  expect(await Promise.all([other, elsewhere])).toEqual(['row', 'row']);
  expect(await here.getOrSet('1', load)).toBe('row');
});

it('rejects every reader of a bulk load with its one error, and stores nothing', async () => {
  const { here, loads, load } = setUp();
  const loadAll = load as () => Promise<Map<string, unknown>>;
  const reads = [
    ...times(50, () => here.getOrSetMany(['1', '2'], loadAll)),
    ...times(50, () => here.getOrSetMany(['2'], loadAll)),
  ];
  await turn();
  const error = new Error('the source is down');
  loads[0]!.reject(error);
  expectOnly(await reasons(reads), error);
  expect(loads).toHaveLength(1);
  expect((await here.peek('2')).status).toBe('absent');
});

it.each([['a string'], [undefined], [null], [0]])('passes %j on when that is what is thrown', async (thrown) => {
  const { here, loads, load } = setUp();
  const reads = times(3, () => here.getOrSet('1', load));
  await turn();
  loads[0]!.reject(thrown);
  expectOnly(await reasons(reads), thrown);
});

it('takes what is thrown before a promise is made as it takes a rejection', async () => {
  const { here } = setUp();
  const error = new Error('thrown');
  const load = (): never => {
    throw error;
  };
  expectOnly(await reasons(times(3, () => here.getOrSet('1', load))), error);
});
