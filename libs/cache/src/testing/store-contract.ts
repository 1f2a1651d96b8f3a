import type { Tag } from '../core/invalidation.js';
import type { LeaseRequest } from '../core/steps.js';
import type { Found, Store } from '../core/store.js';
import { tag } from '../core/tag.js';
import type { ContractFramework, ContractSubject } from './contract-subject.js';
import { describeFeed } from './feed-contract.js';

const TOMBSTONE_MS = 10_000;
/** A life that is still going on at the next command, also where time is real and the machine is busy. */
const SHORT_MS = 1_500;
const MARK = 'KxQ2z';
const EXPIRED_MARK = '-----';
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
  mark: MARK,
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
  /** A grant's time is the store's own. */
  const leased = async (store: Store, key: string, asked: LeaseRequest): Promise<unknown> => {
    const answer = await store.lease(key, asked);
    return answer.kind === 'granted' ? { kind: 'granted', floor: answer.floor } : answer;
  };
  const value = (version: number, payload = '"x"', mark = MARK) => ({
    state: 'value',
    version,
    mark,
    payload,
    lease: null,
  });
  const see = async (store: Store, key: string): Promise<Found | undefined> => (await store.look([key], [])).entries[0];
  const put = async (store: Store, key: string, version: number, payload = '"x"'): Promise<void> => {
    await store.lease(key, request('put'));
    equal(await store.fill(key, filling('put', version, payload)), 'stored');
  };

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

  describe(`${name}: looking`, () => {
    it(
      'tells all of a key',
      on(async (store, key) => {
        equal((await store.inspect(key)).entry, null);
        await put(store, key, 4);
        const { entry, ttlMs, nowMs } = await store.inspect(key);
        equal(entry, value(4));
        equal(ttlMs !== null && ttlMs > 59_000 && ttlMs <= 60_000, true);
        equal(Math.abs((await store.now()) - nowMs) < 5_000, true);
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
        equal(await leased(store, key, request('b')), { kind: 'granted', floor: 5 });
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
        equal(await leased(store, key, request('a')), { kind: 'granted', floor: 9 });
        equal(await store.fill(key, filling('a', 8)), 'outdated');
        equal(await leased(store, key, request('b')), { kind: 'granted', floor: 9 });
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

  describeFeed(name, subject, { describe, it, equal });
}
