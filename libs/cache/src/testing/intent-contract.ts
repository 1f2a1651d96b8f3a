import type { Store } from '../core/store.js';
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

/** As large as a database's ids get. */
const LARGEST = '18446744073709551615';

const intents = (key: string, ...transactions: string[]): { key: string; transaction: string }[] =>
  transactions.map((transaction) => ({ key, transaction }));

/** What may stand where an intent is placed, and the floor that it leaves. */
const PLACES: readonly (readonly [string, (store: Store, key: string) => Promise<unknown>, number])[] = [
  ['nothing', () => Promise.resolve(), 0],
  ['a first load', (store, key) => store.lease(key, request('a')), 0],
  ['a tombstone', (store, key) => store.invalidate([{ key, version: 3 }], [], TOMBSTONE_MS), 3],
  ['a value', fillAt4, 4],
  [
    'a value that is loaded anew',
    (store, key) => fillAt4(store, key).then(() => store.lease(key, request('a', { over: MARK }))),
    4,
  ],
];

async function fillAt4(store: Store, key: string): Promise<void> {
  await store.lease(key, request('put'));
  await store.fill(key, filling('put', 4));
}

/** What a strict write in flight does to a key, as tests for {@link describeStore}. */
export function describeIntents(
  name: string,
  subject: () => ContractSubject,
  { describe, it, equal }: ContractFramework,
): void {
  const on = onSubject(subject);
  const put = putWith(equal);

  describe(`${name}: intents`, () => {
    for (const [what, prepare, floor] of PLACES) {
      it(
        `are placed over ${what}, take the lease, and leave the floor`,
        on(async (store, key) => {
          await prepare(store, key);
          await store.intend(intents(key, LARGEST));
          equal(await see(store, key), { state: 'intent', floor, transactions: [LARGEST] });
          equal(await store.fill(key, filling('a', 9)), 'refused');
          await store.withdraw(intents(key, LARGEST), TOMBSTONE_MS);
          equal((await see(store, key))?.state, 'absent');
          equal(await store.fill(key, filling('a', 9)), 'refused');
          equal(await leased(store, key, request('b')), { kind: 'granted', floor });
        }),
      );
    }

    it(
      'stand until they are ended, for as long as that takes',
      on(async (store, key, { pass }) => {
        await store.lease(key, request('a'));
        await store.fill(key, filling('a', 4, '"x"', SHORT_MS));
        await store.intend(intents(key, '7'));
        equal((await store.inspect(key)).ttlMs, null);
        await pass(SHORT_MS + 20);
        equal((await see(store, key))?.state, 'intent');
      }),
    );

    it(
      'let nobody lease, fill, put, release or expire',
      on(async (store, key) => {
        await put(store, key, 4);
        await store.intend(intents(key, '7'));
        equal(await store.lease(key, request('a')), { kind: 'bypass' });
        equal(await store.lease(key, request('a', { over: MARK })), { kind: 'bypass' });
        equal(await store.fill(key, filling('put', 5)), 'refused');
        await store.release(key, 'put', TOMBSTONE_MS);
        await store.expire([key], 60_000);
        equal(await see(store, key), { state: 'intent', floor: 4, transactions: ['7'] });
        const row = { version: 6, mark: MARK, body: '"y"', stampChars: 0, ttlMs: 60_000, tombstoneMs: TOMBSTONE_MS };
        equal(await store.put(key, row), 'refused');
        equal(await see(store, key), { state: 'intent', floor: 6, transactions: ['7'] });
      }),
    );

    it(
      'of several writes end one by one, each by its own invalidation, and leave the highest floor',
      on(async (store, key) => {
        await store.intend(intents(key, '7', '77', '8', '7'));
        await store.invalidate([{ key, version: 5, transaction: '7' }], [], TOMBSTONE_MS);
        equal(await see(store, key), { state: 'intent', floor: 5, transactions: ['77', '8'] });
        equal((await store.inspect(key)).ttlMs, null);
        await store.invalidate([{ key, version: 3, transaction: '77' }], [], TOMBSTONE_MS);
        equal(await see(store, key), { state: 'intent', floor: 5, transactions: ['8'] });
        await store.invalidate([{ key, version: 4, transaction: '8' }], [], TOMBSTONE_MS);
        equal(await leased(store, key, request('a')), { kind: 'granted', floor: 5 });
      }),
    );

    it(
      'stay when somebody else invalidates, whose version they keep',
      on(async (store, key) => {
        await store.intend(intents(key, '7'));
        await store.invalidate([{ key }, { key, version: 3 }, { key, transaction: '8' }], [], TOMBSTONE_MS);
        equal(await see(store, key), { state: 'intent', floor: 3, transactions: ['7'] });
        await store.invalidate([{ key, transaction: '7' }], [], TOMBSTONE_MS);
        equal(await leased(store, key, request('a')), { kind: 'granted', floor: 3 });
      }),
    );

    it(
      'are withdrawn, and what is none stays as it is',
      on(async (store, key) => {
        await put(store, key, 4);
        await store.withdraw(intents(key, '7'), TOMBSTONE_MS);
        equal(await see(store, key), value(4));
        await store.intend(intents(key, '7', '8'));
        await store.withdraw(intents(key, '7', '9', '7'), TOMBSTONE_MS);
        equal(await see(store, key), { state: 'intent', floor: 4, transactions: ['8'] });
      }),
    );

    it(
      'that ended let loads fill again',
      on(async (store, key) => {
        await store.intend(intents(key, '7'));
        await store.invalidate([{ key, version: 5, transaction: '7' }], [], TOMBSTONE_MS);
        await put(store, key, 5);
        await store.invalidate([{ key, version: 5, transaction: '7' }], [], TOMBSTONE_MS);
        equal(await see(store, key), value(5));
      }),
    );
  });
}
