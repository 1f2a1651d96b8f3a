import { randomUUID } from 'node:crypto';
import type { OpenedSession } from '@larder/cache/session';
import { account, MINUTE, type SessionScene } from './session-scene.js';

/** The sessions that an account has at a time, as tests for {@link describeSessions}. */
export function describeAccounts(scene: SessionScene): void {
  const { advance, cartOf, live, stateOf } = scene;

  describe("an account's sessions", () => {
    it('are at most 10: the oldest goes', async () => {
      const owner = account();
      const opened: OpenedSession[] = [];
      for (let count = 0; count < 12; count++) opened.push(await scene.store.signIn(null, owner));
      expect((await scene.store.list(owner.accountId)).map(({ id }) => id)).toEqual(
        opened.slice(2).map(({ id }) => id),
      );
      expect(await stateOf(opened[1]?.secret ?? null)).toBe('none');
      expect(await stateOf(opened[2]?.secret ?? null)).toBe('live');
    });

    it('make room by the one that a sign-in replaces, and by no other', async () => {
      const owner = account();
      const opened: OpenedSession[] = [];
      for (let count = 0; count < 10; count++) opened.push(await scene.store.signIn(null, owner));
      const { id } = await scene.store.signIn(opened[4]?.secret ?? null, owner);
      const others = opened.filter((_, at) => at !== 4).map((session) => session.id);
      expect((await scene.store.list(owner.accountId)).map((view) => view.id)).toEqual([...others, id]);
    });

    it('are in the list too when others begin between their two steps', async () => {
      const owner = account();
      const late = { id: randomUUID(), sessionHash: 'f'.repeat(64) };
      await scene.records.enlist(owner.accountId, late);
      for (let count = 0; count < 10; count++) await scene.store.signIn(null, owner);
      await scene.records.create(late.sessionHash, { ...owner, id: late.id, line: null });
      const listed = (await scene.store.list(owner.accountId)).map(({ id }) => id);
      expect([listed.length, listed[0]]).toEqual([10, late.id]);
    });

    it('do not count towards the 10 once they have expired', async () => {
      const owner = account();
      const kept = await scene.store.signIn(null, owner);
      for (let count = 0; count < 9; count++) await scene.store.signIn(null, owner);
      await advance(20 * MINUTE);
      await live(kept.secret, false); // the others are left to expire
      await advance(20 * MINUTE);
      const { id } = await scene.store.signIn(null, owner);
      expect((await scene.store.list(owner.accountId)).map((view) => view.id)).toEqual([kept.id, id]);
      expect(await stateOf(kept.secret)).toBe('live');
    });

    it('are at most 10 after 30 parallel sign-ins', async () => {
      const owner = account();
      const opened = await Promise.all(Array.from({ length: 30 }, () => scene.store.signIn(null, owner)));
      const states = await Promise.all(opened.map(({ secret }) => stateOf(secret)));
      expect(states.filter((state) => state === 'live').length).toBeLessThanOrEqual(10);
      expect(states.filter((state) => state === 'live').length).toBe((await scene.store.list(owner.accountId)).length);
    });

    it('are listed with device and times, never with a secret', async () => {
      const owner = account();
      const { id, secret } = await scene.store.signIn(null, owner);
      const [view] = await scene.store.list(owner.accountId);
      expect(view).toMatchObject({ id, device: 'a browser', lastSeenAt: view?.createdAt });
      expect(Object.keys(view ?? {}).toSorted()).toEqual(['createdAt', 'device', 'id', 'lastSeenAt']);
      expect(JSON.stringify(view)).not.toContain(secret);
    });

    it('drop out of the list when they expire', async () => {
      const owner = account();
      await scene.store.signIn(null, owner);
      await advance(31 * MINUTE);
      const { id } = await scene.store.signIn(null, owner);
      expect((await scene.store.list(owner.accountId)).map((view) => view.id)).toEqual([id]);
      expect(await scene.records.listed(owner.accountId)).toHaveLength(1);
    });

    it('end one, or all but one; the spared take over the generation', async () => {
      const owner = account();
      const [a, b, c] = [
        await scene.store.signIn(null, owner),
        await scene.store.signIn(null, owner),
        await scene.store.signIn(null, owner),
      ];
      expect(await scene.store.endSome(owner.accountId, 4, (id) => id === b.id)).toEqual([b.id]);
      expect(await stateOf(b.secret)).toBe('none');
      expect(await live(a.secret)).toMatchObject({ generation: 4 });
      expect(await scene.store.endSome(owner.accountId, 5, (id) => id !== c.id)).toEqual([a.id]);
      expect((await live(c.secret)).generation).toBe(5);
      expect(await scene.store.endSome(owner.accountId, 6, (id) => id === a.id)).toEqual([]);
      expect(await scene.store.endSome(randomUUID(), 1, () => true)).toEqual([]);
    });

    it('take over a generation only from the one before: who missed one stays outdated', async () => {
      const owner = account();
      const { secret } = await scene.store.signIn(null, owner);
      await scene.store.endSome(owner.accountId, 5, () => false);
      expect((await live(secret)).generation).toBe(3);
      expect(await scene.store.rotate(secret, 5)).toBeNull();
      expect((await live(secret)).generation).toBe(3);
      await scene.store.endSome(owner.accountId, 3, () => false);
      expect((await live(secret)).generation).toBe(3);
    });

    it('take over the generations of revocations that spare them in whatever order they come, from one another too', async () => {
      const owner = account();
      const [, kept, missed] = [
        await scene.store.signIn(null, owner),
        await scene.store.signIn(null, owner),
        await scene.store.signIn(null, owner),
      ];
      for (const generation of [7, 6, 5]) {
        await scene.records.adoptGeneration(kept.sessionHash, generation);
        await scene.records.adoptGeneration(missed.sessionHash, generation);
        expect((await live(kept.secret)).generation).toBe(3);
      }
      await scene.records.adoptGeneration(kept.sessionHash, 4);
      expect((await live(kept.secret)).generation).toBe(7);
      for (let generation = 8; generation <= 40; generation++)
        await scene.records.adoptGeneration(missed.sessionHash, generation);
      expect((await live(missed.secret)).generation).toBe(3);
      await scene.records.adoptGeneration(missed.sessionHash, 4);
      expect((await live(missed.secret)).generation).toBe(20); // it remembers 16
    });

    it('share one cart, which outlives them', async () => {
      const owner = account();
      const one = await scene.store.signIn(null, owner);
      await scene.store.changeCart(await live(one.secret), { verb: 'add', productId: 'apple', quantity: 1 });
      await scene.store.end(one.secret);
      expect(await cartOf((await scene.store.signIn(null, owner)).secret)).toEqual([
        { productId: 'apple', quantity: 1 },
      ]);
    });

    it('never serve another account', async () => {
      const [one, two] = [account(), account()];
      const a = await scene.store.signIn(null, one);
      await scene.store.signIn(null, two);
      expect(await scene.store.endSome(two.accountId, 9, (id) => id === a.id)).toEqual([]);
      expect(await stateOf(a.secret)).toBe('live');
    });
  });
}
