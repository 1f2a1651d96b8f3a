import type { Tag } from '../core/invalidation.js';
import { tag } from '../core/tag.js';
import { filling, leased, onSubject, putWith, request, see, TOMBSTONE_MS } from './contract-steps.js';
import type { ContractFramework, ContractSubject } from './contract-subject.js';

/** What `invalidate` does to keys and to tags, as tests for {@link describeStore}. */
export function describeInvalidations(
  name: string,
  subject: () => ContractSubject,
  { describe, it, equal }: ContractFramework,
): void {
  const on = onSubject(subject);
  const put = putWith(equal);

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
}
