import { filling, leased, onSubject, putWith, request, see, SHORT_MS, TOMBSTONE_MS, value } from './contract-steps.js';
import type { ContractFramework, ContractSubject } from './contract-subject.js';

/** Who may fill a key, and what is stored then, as tests for {@link describeStore}. */
export function describeLeases(
  name: string,
  subject: () => ContractSubject,
  { describe, it, equal }: ContractFramework,
): void {
  const on = onSubject(subject);
  const put = putWith(equal);

  describe(`${name}: leases and fills`, () => {
    it(
      'grants an absent key with floor 0 and serves what was filled',
      on(async (store, key) => {
        equal(await leased(store, key, request('a')), { kind: 'granted', floor: 0 });
        equal((await see(store, key))?.state, 'absent');
        equal(await store.fill(key, filling('a', 3, '{"n":"ü|\\n"}')), 'stored');
        equal(await see(store, key), value(3, '{"n":"ü|\\n"}'));
      }),
    );

    it(
      'lets nobody else in while the lease lives, and the next one in afterwards',
      on(async (store, key, { pass }) => {
        await store.lease(key, request('a', { leaseMs: SHORT_MS }));
        const busy = await store.lease(key, request('b'));
        equal(busy.kind === 'busy' && busy.waitMs > 0 && busy.waitMs <= SHORT_MS, true);
        await pass(SHORT_MS + 20);
        equal(await leased(store, key, request('b')), { kind: 'granted', floor: 0 });
        equal(await store.fill(key, filling('a', 1)), 'refused');
        equal(await store.fill(key, filling('b', 1)), 'stored');
      }),
    );

    it(
      'answers a lease over a value with the value',
      on(async (store, key) => {
        await put(store, key, 7, '"seven"');
        equal(await store.lease(key, request('b')), { kind: 'value', entry: value(7, '"seven"') });
      }),
    );

    it(
      'counts a value with another stamp as absent and keeps its version as the floor',
      on(async (store, key) => {
        await put(store, key, 7, 'old|"seven"');
        equal(await leased(store, key, request('b', { stamp: 'new|' })), { kind: 'granted', floor: 7 });
      }),
    );

    it(
      'refuses a fill without a lease, a second fill, and a fill of a key that vanished',
      on(async (store, key) => {
        equal(await store.fill(key, filling('a', 1)), 'refused');
        await put(store, key, 1);
        equal(await store.fill(key, filling('put', 2)), 'refused');
        await store.invalidate([{ key }], [], TOMBSTONE_MS);
        equal(await store.fill(key, filling('put', 3)), 'refused');
      }),
    );

    it(
      'forgets a value after its TTL',
      on(async (store, key, { pass }) => {
        await store.lease(key, request('a'));
        await store.fill(key, filling('a', 1, '0', 200));
        await pass(220);
        equal((await see(store, key))?.state, 'absent');
      }),
    );

    it(
      'gives a lease up on release, and only the own one',
      on(async (store, key) => {
        await store.lease(key, request('a'));
        await store.release(key, 'b', TOMBSTONE_MS);
        equal((await store.lease(key, request('b'))).kind, 'busy');
        await store.release(key, 'a', TOMBSTONE_MS);
        equal(await leased(store, key, request('b')), { kind: 'granted', floor: 0 });
      }),
    );
  });
}
