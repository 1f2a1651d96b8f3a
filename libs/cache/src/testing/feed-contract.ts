import type { Tag } from '../core/invalidation.js';
import { serviceOf } from '../core/key.js';
import type { FeedListener, Store } from '../core/store.js';
import { tag } from '../core/tag.js';
import { batchOf, newService } from './chain-contract.js';
import { TOMBSTONE_MS } from './contract-steps.js';
import type { ContractFramework, ContractSubject } from './contract-subject.js';

/** A store that has not said by then that it has caught up is taken for one that hears nothing, and never says so. */
const MAX_CATCH_UP_MS = 2_000;
const POLL_MS = 10;

/** Notes what is told of one service. */
class Ear implements FeedListener {
  /** Keys, tags and certificates, in the order in which they were told. */
  readonly told: (string | number)[] = [];
  private caughtUpAtMs = -Infinity;

  readonly heard = (key: string): void => {
    this.told.push(key);
  };
  readonly caughtUp = (atMs: number): void => {
    this.caughtUpAtMs = atMs;
  };
  readonly certified = (asOfMs: number): void => {
    this.told.push(asOfMs);
  };
  readonly lost = (): void => {
    this.caughtUpAtMs = -Infinity;
  };

  /** Whether it was told within the time that all before now has been heard. */
  async catchesUp(): Promise<boolean> {
    const nowMs = performance.now();
    while (this.caughtUpAtMs < nowMs) {
      if (performance.now() - nowMs > MAX_CATCH_UP_MS) return false;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return true;
  }

  missed(keys: readonly string[]): string[] {
    return keys.filter((key) => !this.told.includes(key));
  }
}

/** What a store that says that it hears must hear, as tests for {@link describeStore}. One that never says so passes them. */
export function describeFeed(
  name: string,
  subject: () => ContractSubject,
  { describe, it, equal }: ContractFramework,
): void {
  describe(`${name}: hearing`, () => {
    it('has heard every change and every retired tag of a service when it says so', async () => {
      const { store, key } = subject();
      const ear = new Ear();
      const stop = store.listen(serviceOf(key()), ear);
      try {
        if (!(await ear.catchesUp())) return;
        const changed = await changeInEveryWay(store, key);
        equal(await ear.catchesUp(), true);
        equal(ear.missed(changed), []);
      } finally {
        stop();
      }
    });

    it('hears the certificate of a batch after all that it stands for, and none without one', async () => {
      const { store, key } = subject();
      const service = newService(key());
      const [ear, stranger] = [new Ear(), new Ear()];
      const stops = [store.listen(service, ear), store.listen(serviceOf(key()), stranger)];
      try {
        if (!(await ear.catchesUp())) return;
        const entries = ['1', '2'].map((id) => ({ key: `${service}:row:${id}`, version: 5 }));
        const label = tag(service, 'tag', 'x');
        await store.restartChain(service, 0, [label]);
        await store.applyBatch(service, batchOf(0, 1, { entries, tags: [label], asOfMs: 17.5 }), TOMBSTONE_MS);
        await store.applyBatch(service, batchOf(1, 2, { entries }), TOMBSTONE_MS);
        await store.applyBatch(service, batchOf(7, 8, { entries, asOfMs: 18 }), TOMBSTONE_MS);
        await store.applyBatch(service, batchOf(2, 2, { asOfMs: 19 }), TOMBSTONE_MS);
        equal(await ear.catchesUp(), true);
        const keys = entries.map((each) => each.key);
        equal(ear.told, [label, ...keys, label, 17.5, ...keys, 19]);
        equal(
          stranger.told.filter((each) => typeof each === 'number'),
          [],
        );
      } finally {
        for (const stop of stops) stop();
      }
    });

    it('tells nobody who has stopped, and nobody of another service', async () => {
      const { store, key } = subject();
      const changed = key();
      const [ear, stopped, stranger] = [new Ear(), new Ear(), new Ear()];
      const stops = [ear, stopped].map((each) => store.listen(serviceOf(changed), each));
      stops.push(store.listen(`${serviceOf(changed)}-other`, stranger));
      try {
        if (!(await ear.catchesUp()) || !(await stopped.catchesUp())) return;
        stops[1]?.();
        await store.invalidate([{ key: changed }], [], TOMBSTONE_MS);
        equal(await ear.catchesUp(), true);
        equal(
          [ear, stopped, stranger].map((each) => each.missed([changed]).length),
          [0, 1, 1],
        );
      } finally {
        for (const stop of stops) stop();
      }
    });
  });
}

/** The keys and tags that were changed, each in another way. */
async function changeInEveryWay(store: Store, key: () => string): Promise<string[]> {
  const [expired = '', replaced = '', versioned = '', unversioned = '', intended = ''] = Array.from({ length: 5 }, key);
  const label: Tag = tag(serviceOf(expired), 'tag', expired);
  for (const each of [expired, replaced]) await storeAt(store, each);
  await store.currentTags([label]);
  await store.expire([expired], 60_000);
  const put = { version: 2, mark: 'AAAAA', body: '"y"', stampChars: 0, ttlMs: 60_000, tombstoneMs: TOMBSTONE_MS };
  await store.put(replaced, put);
  await store.invalidate([{ key: versioned, version: 2 }, { key: unversioned }], [label], TOMBSTONE_MS);
  await store.intend([{ key: intended, transaction: '7' }]);
  return [expired, replaced, versioned, unversioned, label, intended];
}

async function storeAt(store: Store, key: string): Promise<void> {
  await store.lease(key, { token: 'a', leaseMs: 5_000, tombstoneMs: TOMBSTONE_MS, stamp: '' });
  const row = { version: 1, mark: 'AAAAA', payload: '"x"', ttlMs: 60_000 };
  await store.fill(key, { token: 'a', ...row, tombstoneMs: TOMBSTONE_MS });
}
