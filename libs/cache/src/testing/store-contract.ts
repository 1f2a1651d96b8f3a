import type { Tag } from '../core/invalidation.js';
import type { LeaseRequest } from '../core/steps.js';
import type { Found, Store } from '../core/store.js';
import { tag } from '../core/tag.js';

/** The parts of a test framework that the contract needs; jest's and vitest's globals fit. */
export interface ContractFramework {
  readonly describe: (name: string, body: () => void) => void;
  readonly it: (name: string, body: () => Promise<void>) => void;
  readonly equal: (actual: unknown, expected: unknown) => void;
}

/** A store under test. Each call of `key` gives a key that no other test uses; `pass` lets `ms` go by. */
export interface ContractSubject {
  readonly store: Store;
  readonly key: () => string;
  readonly pass: (ms: number) => Promise<void>;
}

const TOMBSTONE_MS = 10_000;
const request = (token: string, more: Partial<LeaseRequest> = {}): LeaseRequest => ({
  token,
  leaseMs: 5_000,
  tombstoneMs: TOMBSTONE_MS,
  stamp: '',
  ...more,
});
const filling = (token: string, version: number, payload = '"x"', ttlMs = 60_000) => ({
  token,
  version,
  payload,
  ttlMs,
  tombstoneMs: TOMBSTONE_MS,
});

/** Everything a {@link Store} must do, as tests to run on any implementation. */
export function describeStore(
  name: string,
  subject: () => ContractSubject,
  { describe, it, equal }: ContractFramework,
): void {
  const on = (body: (store: Store, key: string, more: ContractSubject) => Promise<void>) => (): Promise<void> => {
    const current = subject();
    return body(current.store, current.key(), current);
  };
  const see = async (store: Store, key: string): Promise<Found | undefined> => (await store.look([key], [])).entries[0];
  const put = async (store: Store, key: string, version: number, payload = '"x"'): Promise<void> => {
    await store.lease(key, request('put'));
    equal(await store.fill(key, filling('put', version, payload)), 'stored');
  };

  describe(`${name}: leases and fills`, () => {
    it(
      'grants an absent key with floor 0 and serves what was filled',
      on(async (store, key) => {
        equal(await store.lease(key, request('a')), { kind: 'granted', floor: 0 });
        equal((await see(store, key))?.state, 'absent');
        equal(await store.fill(key, filling('a', 3, '{"n":"ü|\\n"}')), 'stored');
        equal(await see(store, key), { state: 'value', version: 3, payload: '{"n":"ü|\\n"}' });
      }),
    );

    it(
      'lets nobody else in while the lease lives, and the next one in afterwards',
      on(async (store, key, { pass }) => {
        await store.lease(key, request('a', { leaseMs: 300 }));
        const busy = await store.lease(key, request('b'));
        equal(busy.kind === 'busy' && busy.waitMs > 0 && busy.waitMs <= 300, true);
        await pass(320);
        equal(await store.lease(key, request('b')), { kind: 'granted', floor: 0 });
        equal(await store.fill(key, filling('a', 1)), 'refused');
        equal(await store.fill(key, filling('b', 1)), 'stored');
      }),
    );

    it(
      'answers a lease over a value with the value',
      on(async (store, key) => {
        await put(store, key, 7, '"seven"');
        equal(await store.lease(key, request('b')), { kind: 'value', version: 7, payload: '"seven"' });
      }),
    );

    it(
      'counts a value with another stamp as absent and keeps its version as the floor',
      on(async (store, key) => {
        await put(store, key, 7, 'old|"seven"');
        equal(await store.lease(key, request('b', { stamp: 'new|' })), { kind: 'granted', floor: 7 });
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
        equal(await store.lease(key, request('b')), { kind: 'granted', floor: 0 });
      }),
    );
  });

  describe(`${name}: invalidations`, () => {
    it(
      'hides an older value and remembers the floor',
      on(async (store, key) => {
        await put(store, key, 4);
        await store.invalidate([{ key, version: 5 }], [], TOMBSTONE_MS);
        equal((await see(store, key))?.state, 'absent');
        equal(await store.lease(key, request('b')), { kind: 'granted', floor: 5 });
      }),
    );

    it(
      'takes the lease of a load that began before it',
      on(async (store, key) => {
        await store.lease(key, request('a'));
        await store.invalidate([{ key, version: 2 }], [], TOMBSTONE_MS);
        equal(await store.fill(key, filling('a', 1)), 'refused');
      }),
    );

    it(
      'leaves a value and a lease that are as new alone',
      on(async (store, key) => {
        await put(store, key, 5);
        await store.invalidate(
          [
            { key, version: 5 },
            { key, version: 4 },
          ],
          [],
          TOMBSTONE_MS,
        );
        equal((await see(store, key))?.state, 'value');
        await store.invalidate([{ key, version: 6 }], [], TOMBSTONE_MS);
        await store.lease(key, request('b'));
        await store.invalidate([{ key, version: 6 }], [], TOMBSTONE_MS);
        equal(await store.fill(key, filling('b', 6)), 'stored');
      }),
    );

    it(
      'refuses a row older than the floor and gives its lease up',
      on(async (store, key) => {
        await store.invalidate([{ key, version: 9 }], [], TOMBSTONE_MS);
        equal(await store.lease(key, request('a')), { kind: 'granted', floor: 9 });
        equal(await store.fill(key, filling('a', 8)), 'outdated');
        equal(await store.lease(key, request('b')), { kind: 'granted', floor: 9 });
      }),
    );

    it(
      'deletes value and lease when no version is known',
      on(async (store, key) => {
        await put(store, key, 4);
        await store.invalidate([{ key }], [], TOMBSTONE_MS);
        equal((await see(store, key))?.state, 'absent');
        await store.lease(key, request('a'));
        await store.invalidate([{ key }], [], TOMBSTONE_MS);
        equal(await store.fill(key, filling('a', 4)), 'refused');
      }),
    );
  });

  describe(`${name}: tags`, () => {
    const tagsOf = (key: string): Tag[] => ['x', 'y'].map((id) => tag('contract', 'tag', key + id));

    it(
      'creates a missing tag once and keeps its value',
      on(async (store, key) => {
        const tags = tagsOf(key);
        equal((await store.look([key], tags)).tags, [null, null]);
        const values = await store.currentTags(tags);
        equal(await store.currentTags(tags), values);
        equal((await store.look([key], tags)).tags, values);
        equal(values[0] === values[1], false);
      }),
    );

    it(
      'gives a retired tag a value that it never had',
      on(async (store, key) => {
        const tags = tagsOf(key);
        const [first, other] = await store.currentTags(tags);
        await store.invalidate([], tags.slice(0, 1), TOMBSTONE_MS);
        const [second, same] = await store.currentTags(tags);
        equal(second === first, false);
        equal(same, other);
      }),
    );
  });
}
