import { randomBytes } from 'node:crypto';
import type { Tag } from '../core/invalidation.js';
import { generationTag, serviceOf } from '../core/key.js';
import type { Store, StoreBatch } from '../core/store.js';
import { tag } from '../core/tag.js';
import { filling, leased, request, see, TOMBSTONE_MS } from './contract-steps.js';
import type { ContractFramework, ContractSubject } from './contract-subject.js';

/** The changes from one number to the next, of nothing and uncertified unless said otherwise. */
export const batchOf = (after: number, upTo: number, more: Partial<StoreBatch> = {}): StoreBatch => ({
  ...{ after, upTo, asOfMs: null, entries: [], tags: [] },
  ...more,
});

/** A service that no other test has, and whose rights are those of the keys under test. */
export const newService = (key: string): string => `${serviceOf(key)}-${randomBytes(4).toString('hex')}`;

/** How a store applies the chain of a service, as tests for {@link describeStore}. */
export function describeChains(
  name: string,
  subject: () => ContractSubject,
  { describe, it, equal }: ContractFramework,
): void {
  const on = (body: (store: Store, service: string, key: string) => Promise<void>) => async (): Promise<void> => {
    const { store, key } = subject();
    const service = newService(key());
    await body(store, service, `${service}:row:1`);
  };
  const put = async (store: Store, key: string): Promise<void> => {
    await store.lease(key, request('put'));
    equal(await store.fill(key, filling('put', 4)), 'stored');
  };
  const certificate = async (store: Store, service: string): Promise<number | null | undefined> =>
    (await store.look([`${service}:row:1`], [], [service])).certificates[0];
  const apply = (store: Store, service: string, batch: StoreBatch): Promise<unknown> =>
    store.applyBatch(service, batch, TOMBSTONE_MS);

  describe(`${name}: chains`, () => {
    it(
      'do not know where they stand until they have begun, and apply nothing',
      on(async (store, service, key) => {
        await put(store, key);
        equal(await apply(store, service, batchOf(0, 1, { entries: [{ key }], asOfMs: 9 })), { kind: 'unknown' });
        equal((await see(store, key))?.state, 'value');
        equal(await certificate(store, service), null);
      }),
    );

    it(
      'apply what follows, and tell of what they have and of what they lack',
      on(async (store, service) => {
        await store.restartChain(service, 99, []);
        equal(await apply(store, service, batchOf(99, 100)), { kind: 'applied' });
        equal(await apply(store, service, batchOf(100, 100)), { kind: 'applied' });
        equal(await apply(store, service, batchOf(99, 100)), { kind: 'duplicate', at: 100 });
        equal(await apply(store, service, batchOf(8, 9)), { kind: 'duplicate', at: 100 });
        equal(await apply(store, service, batchOf(1_000, 1_001)), { kind: 'gap', at: 100 });
        equal(await apply(store, service, batchOf(101, 101)), { kind: 'gap', at: 100 });
        equal(await apply(store, service, batchOf(98, 102)), { kind: 'gap', at: 100 });
        equal(await apply(store, service, batchOf(100, 102)), { kind: 'applied' });
        equal(await apply(store, service, batchOf(102, 102)), { kind: 'applied' });
      }),
    );

    it(
      'apply a batch whole, to entries in every way and to tags, and end intents',
      on(async (store, service) => {
        const [versioned, unversioned, newer, intended] = ['1', '2', '3', '4'].map((id) => `${service}:row:${id}`) as [
          string,
          string,
          string,
          string,
        ];
        const label = tag(service, 'tag', 'x');
        for (const key of [versioned, unversioned, newer]) await put(store, key);
        await store.intend([{ key: intended, transaction: '7' }]);
        const [before] = await store.currentTags([label]);
        await store.restartChain(service, 0, []);
        const entries = [
          ...[{ key: versioned, version: 5 }, { key: unversioned }, { key: newer, version: 4 }],
          ...[{ key: intended, version: 6, transaction: '7' }],
        ];
        equal(await apply(store, service, batchOf(0, 1, { entries, tags: [label] })), { kind: 'applied' });
        const states = (await store.look([versioned, unversioned, newer, intended], [])).entries.map(
          ({ state }) => state,
        );
        equal(states, ['absent', 'absent', 'value', 'absent']);
        equal(await leased(store, versioned, request('a')), { kind: 'granted', floor: 5 });
        equal(await leased(store, intended, request('a')), { kind: 'granted', floor: 6 });
        equal((await store.currentTags([label]))[0] === before, false);
      }),
    );

    it(
      'apply nothing of a batch that does not follow',
      on(async (store, service, key) => {
        const label = tag(service, 'tag', 'x');
        await put(store, key);
        const before = await store.currentTags([label]);
        await store.restartChain(service, 5, []);
        for (const [after, upTo] of [
          [4, 5],
          [6, 7],
        ] as const) {
          await apply(store, service, batchOf(after, upTo, { entries: [{ key }], tags: [label], asOfMs: 9 }));
        }
        equal((await see(store, key))?.state, 'value');
        equal(await store.currentTags([label]), before);
        equal(await certificate(store, service), null);
        equal(await apply(store, service, batchOf(5, 6)), { kind: 'applied' });
      }),
    );

    it(
      'certify as a batch says, and stay as certified as they were where it says nothing',
      on(async (store, service) => {
        await store.restartChain(service, 0, []);
        const seen: unknown[] = [await certificate(store, service)];
        for (const [after, asOfMs] of [
          [0, 1_700_000_000_000.5],
          [1, null],
          [2, 1_700_000_000_100],
        ] as const) {
          await apply(store, service, batchOf(after, after + 1, { asOfMs }));
          seen.push(await certificate(store, service));
        }
        equal(seen, [null, 1_700_000_000_000.5, 1_700_000_000_000.5, 1_700_000_000_100]);
        await apply(store, service, batchOf(3, 3, { asOfMs: 1_700_000_000_200 }));
        equal(await certificate(store, service), 1_700_000_000_200);
      }),
    );

    it(
      'begin anew with all tags retired and uncertified',
      on(async (store, service) => {
        const tags: Tag[] = ['row', 'list'].map((entity) => generationTag(service, entity));
        const before = await store.currentTags(tags);
        await store.restartChain(service, 7, []);
        await apply(store, service, batchOf(7, 8, { asOfMs: 9 }));
        equal(await store.currentTags(tags), before);
        await store.restartChain(service, 3, tags);
        equal(await certificate(store, service), null);
        equal((await store.look([], tags)).tags, [null, null]);
        equal(await apply(store, service, batchOf(3, 4)), { kind: 'applied' });
      }),
    );

    it(
      'of services are apart',
      on(async (store, service, key) => {
        const other = newService(key);
        await store.restartChain(service, 7, []);
        await store.restartChain(other, 1, []);
        await apply(store, service, batchOf(7, 8, { asOfMs: 88 }));
        equal(await apply(store, other, batchOf(7, 8)), { kind: 'gap', at: 1 });
        equal((await store.look([key], [], [other, service])).certificates, [null, 88]);
        await apply(store, other, batchOf(1, 2, { asOfMs: 22 }));
        equal((await store.look([key], [], [other, service])).certificates, [22, 88]);
      }),
    );

    it(
      'hold for every entry and every tag, wherever a store keeps it, and certify nothing that is not applied',
      on(async (store, service) => {
        const ids = Array.from({ length: 40 }, (_, id) => String(id));
        const keys = ids.map((id) => `${service}:row:${id}`);
        const tags = ids.map((id) => tag(service, 'tag', id));
        for (const key of keys) await put(store, key);
        await store.currentTags(tags);
        await store.restartChain(service, 0, []);
        await apply(store, service, batchOf(0, 1, { asOfMs: 1 }));
        const batch = batchOf(1, 2, { asOfMs: 2, entries: keys.map((key) => ({ key, version: 5 })), tags });
        const looks = () => Promise.all([1, 2, 3].map(() => store.look(keys, tags, [service])));
        const [early, answer, late] = await Promise.all([looks(), apply(store, service, batch), looks()]);
        equal(answer, { kind: 'applied' });
        const after = await store.look(keys, tags, [service]);
        equal(after.certificates, [2]);
        for (const { certificates, entries, tags: values } of [...early, ...late, after]) {
          if (certificates[0] !== 2) continue;
          equal(entries.filter(({ state }) => state !== 'absent').length, 0);
          equal(values.filter((each) => each !== null).length, 0);
        }
      }),
    );
  });
}
