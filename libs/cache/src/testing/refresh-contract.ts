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

/** How one at a time loads anew what is served, as tests for {@link describeStore}. */
export function describeRefreshing(
  name: string,
  subject: () => ContractSubject,
  { describe, it, equal }: ContractFramework,
): void {
  const on = onSubject(subject);
  const put = putWith(equal);

  describe(`${name}: loading anew what is served`, () => {
    it(
      'grants one lease over a value, which stays readable, and fills it',
      on(async (store, key) => {
        await put(store, key, 4);
        equal(await leased(store, key, request('a', { over: MARK })), { kind: 'granted', floor: 4 });
        const found = await see(store, key);
        equal(found?.state === 'value' && [found.version, found.payload, found.lease?.token], [4, '"x"', 'a']);
        equal((await store.lease(key, request('b', { over: MARK }))).kind, 'busy');
        equal((await store.lease(key, request('b'))).kind, 'value');
        equal(await store.fill(key, filling('a', 5, '"y"')), 'stored');
        equal(await see(store, key), value(5, '"y"'));
      }),
    );

    it(
      'takes that lease by an invalidation, with the value',
      on(async (store, key) => {
        await put(store, key, 4);
        await store.lease(key, request('a', { over: MARK }));
        await store.invalidate([{ key, version: 5 }], [], TOMBSTONE_MS);
        equal(await store.fill(key, filling('a', 4)), 'refused');
        equal((await see(store, key))?.state, 'absent');
      }),
    );

    it(
      'answers with the value when another one is there by now, and keeps its TTL when a lease is given up',
      on(async (store, key, { pass }) => {
        await store.lease(key, request('put'));
        await store.fill(key, filling('put', 4, '"x"', SHORT_MS));
        equal((await store.lease(key, request('a', { over: 'AAAAA' }))).kind, 'value');
        await store.lease(key, request('a', { over: MARK }));
        await store.release(key, 'a', TOMBSTONE_MS);
        equal(await see(store, key), value(4));
        await pass(SHORT_MS + 20);
        equal((await see(store, key))?.state, 'absent');
      }),
    );

    it(
      'refuses an older row over a value, which stays',
      on(async (store, key) => {
        await put(store, key, 4);
        await store.lease(key, request('a', { over: MARK }));
        equal(await store.fill(key, filling('a', 3)), 'outdated');
        equal(await see(store, key), value(4));
      }),
    );
  });
}
