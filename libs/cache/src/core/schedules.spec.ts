import { rows, setUp } from '../../test/support/schedule-set-up.js';
import { row, type Row } from '../../test/support/versioned-row.js';
import { deferred } from '../testing/deferred.js';
import { turns } from '../testing/turns.js';
import { PendingInvalidations } from './pending-invalidations.js';

// The shortest ways to break a promise that tests have found, each as a test of its own.

it('put: a writer that is late does not make fresh what another has expired since', async () => {
  const space = setUp().cache.space(rows);
  await space.getOrSet('1', async () => row(1));
  await space.expire('1'); // row 3 is committed, by somebody who knows no version
  expect(await space.put('1', row(2))).toBe(false);
  expect(await space.getOrSet('1', async () => row(3))).toEqual(row(3));
});

it('put: a writer that is late does not bring back what was deleted since', async () => {
  const { cache, memory } = setUp();
  const space = cache.space(rows);
  await space.invalidate('1', { version: 3 }); // row 3 is a deletion
  memory.clear();
  expect(await space.getOrSet('1', async () => null)).toBeNull();
  expect(await space.put('1', row(2))).toBe(false);
  expect(await space.getOrSet('1', async () => null)).toBeNull();
});

it('put: without the time of the store nothing is put, because nobody could tell its age', async () => {
  const { cache, other, store } = setUp();
  await other.space(rows).getOrSet('1', async () => row(1));
  store.fail('refuse', { only: ['now'] });
  expect(await cache.space(rows).put('1', row(2))).toBe(false);
  expect(await other.space(rows).getOrSet('1', async () => row(2))).toEqual(row(2));
});

it('fill: a load that lost its lease does not use that of the next one', async () => {
  const { cache, other } = setUp();
  const [older, newer] = [deferred<Row>(), deferred<Row>()];
  const first = cache.space(rows).getOrSet('1', () => older.promise);
  await turns();
  await other.space(rows).invalidate('1');
  const second = other.space(rows).getOrSet('1', () => newer.promise);
  await turns();
  older.resolve(row(1));
  expect(await first).toEqual(row(1));
  expect((await other.space(rows).peek('1')).status).toBe('absent');
  newer.resolve(row(2));
  expect(await second).toEqual(row(2));
});

it('load: a reader who comes after an invalidation does not share a load that began before it', async () => {
  const space = setUp().cache.space(rows);
  const older = deferred<Row>();
  const first = space.getOrSet('1', () => older.promise);
  await turns();
  await space.invalidate('1', { version: 2 });
  const second = space.getOrSet('1', async () => row(2));
  await turns();
  older.resolve(row(1));
  expect(await first).toEqual(row(1));
  expect(await second).toEqual(row(2));
});

it.each([
  ['the retiring of its space', { entries: [], tags: [rows.generation] }],
  ['an older one', { entries: rows.entries('1', 1), tags: [] }],
])('an invalidation that arrives while %s is being sent is not forgotten with it', async (_name, older) => {
  const sent = deferred<undefined>();
  const sending: number[] = [];
  const pending = new PendingInvalidations({
    limit: 10,
    send: ({ tags, entries }) => {
      sending.push(tags.length + entries.length);
      return sent.promise;
    },
    onApplied: () => undefined,
    onOverflow: () => undefined,
  });
  pending.add(older, null);
  const closed = pending.close(); // sends what waits
  pending.add({ entries: rows.entries('1', 2), tags: [] }, null);
  sent.resolve(undefined);
  await closed;
  expect(sending).toEqual([1, 1]);
});
