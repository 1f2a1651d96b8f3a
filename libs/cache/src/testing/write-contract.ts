import {
  filling,
  leased,
  MARK,
  onSubject,
  putWith,
  request,
  see,
  SHORT_MS,
  TOMBSTONE_MS,
  value,
} from './contract-steps.js';
import type { ContractFramework, ContractSubject } from './contract-subject.js';

const EXPIRED_MARK = '-----';

/** What `expire` and `put` do to a key, as tests for {@link describeStore}. */
export function describeWrites(
  name: string,
  subject: () => ContractSubject,
  { describe, it, equal }: ContractFramework,
): void {
  const on = onSubject(subject);
  const put = putWith(equal);

  describe(`${name}: expiring and putting`, () => {
    const putting = (version: number, body: string) => ({
      version,
      mark: 'AAAAA',
      body,
      stampChars: 2,
      ttlMs: 60_000,
      tombstoneMs: TOMBSTONE_MS,
    });

    it(
      'marks a value as expired and takes the lease of whoever loads',
      on(async (store, key) => {
        await put(store, key, 4);
        await store.lease(key, request('a', { over: MARK }));
        await store.expire([key], 60_000);
        equal(await see(store, key), value(4, '"x"', EXPIRED_MARK));
        equal(await store.fill(key, filling('a', 4)), 'refused');
      }),
    );

    it(
      'keeps what has expired no longer than it would have been kept',
      on(async (store, key, { pass }) => {
        await store.lease(key, request('a'));
        await store.fill(key, filling('a', 4, '"x"', 300));
        await store.expire([key], 60_000);
        await pass(320);
        equal((await see(store, key))?.state, 'absent');
      }),
    );

    it(
      'keeps what has expired no longer than it was told',
      on(async (store, key, { pass }) => {
        await put(store, key, 4);
        await store.expire([key], SHORT_MS);
        equal((await see(store, key))?.state, 'value');
        await pass(SHORT_MS + 20);
        equal((await see(store, key))?.state, 'absent');
      }),
    );

    it(
      'takes the lease of a first load when it expires, and makes nothing of an absent key',
      on(async (store, key) => {
        await store.expire([key], 60_000);
        equal((await store.inspect(key)).entry, null);
        await store.lease(key, request('a'));
        await store.expire([key], 60_000);
        equal(await store.fill(key, filling('a', 4)), 'refused');
      }),
    );

    it(
      'puts a value in the place of an older one, under the stamp that is there',
      on(async (store, key) => {
        await put(store, key, 4, 's1old');
        equal(await store.put(key, putting(5, 'new')), 'stored');
        equal(await see(store, key), value(5, 's1new', 'AAAAA'));
        equal(await store.put(key, putting(4, 'older')), 'outdated');
        equal(await see(store, key), value(5, 's1new', 'AAAAA'));
      }),
    );

    it(
      'only invalidates where the older value is an absence or was expired: that shows nothing either',
      on(async (store, key) => {
        await put(store, key, 4, 's1');
        equal(await store.put(key, putting(5, 'new')), 'refused');
        equal(await leased(store, key, request('a')), { kind: 'granted', floor: 5 });
        equal(await store.fill(key, filling('a', 5, 's1old')), 'stored');
        await store.expire([key], 60_000);
        equal(await store.put(key, putting(5, 'late')), 'refused');
        equal(await see(store, key), value(5, 's1old', EXPIRED_MARK));
        equal(await store.put(key, putting(6, 'new')), 'refused');
        equal((await see(store, key))?.state, 'absent');
      }),
    );

    it(
      'only invalidates where there is no older value: nothing would show that the put one is the newest',
      on(async (store, key) => {
        equal(await store.put(key, putting(5, 'new')), 'refused');
        equal(await leased(store, key, request('a')), { kind: 'granted', floor: 5 });
        equal(await store.put(key, putting(6, 'new')), 'refused');
        equal(await store.fill(key, filling('a', 6)), 'refused');
        equal(await leased(store, key, request('b')), { kind: 'granted', floor: 6 });
      }),
    );
  });
}
