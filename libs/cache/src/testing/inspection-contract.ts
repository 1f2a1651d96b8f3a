import { onSubject, putWith, value } from './contract-steps.js';
import type { ContractFramework, ContractSubject } from './contract-subject.js';

/** What a store tells of a key to who asks for all of it, as tests for {@link describeStore}. */
export function describeInspection(
  name: string,
  subject: () => ContractSubject,
  { describe, it, equal }: ContractFramework,
): void {
  const on = onSubject(subject);
  const put = putWith(equal);

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
}
