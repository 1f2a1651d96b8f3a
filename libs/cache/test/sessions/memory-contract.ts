import type { Versions } from '@larder/cache/session';
import { account, MINUTE, SECOND, type SessionScene } from './session-scene.js';

/** What a session remembers of its own changes, as tests for {@link describeSessions}. */
export function describeMemory(scene: SessionScene): void {
  const { advance, anonymous, live, size } = scene;
  const remember = (secret: string, versions: Versions): Promise<void> => scene.memory.remember(secret, versions);
  const recall = (secret: string | null): Promise<Versions> => scene.memory.recall(secret);

  describe("a session's memory", () => {
    it('is empty, then holds the highest version of each name, and is told with a check', async () => {
      const { secret } = await scene.store.signIn(null, account());
      expect([await recall(secret), (await live(secret)).versions]).toEqual([{}, {}]);
      await remember(secret, { 'product-a': 9, 'stock-a': 2 });
      await remember(secret, { 'product-a': 7, 'product-b': 9_007_199_254_740_991 });
      const known = { 'product-a': 9, 'stock-a': 2, 'product-b': 9_007_199_254_740_991 };
      expect([await recall(secret), (await live(secret)).versions]).toEqual([known, known]);
    });

    it('keeps the 32 names that were changed last, whatever their versions', async () => {
      const { secret } = await scene.store.signIn(null, account());
      for (let count = 1; count <= 40; count++) await remember(secret, { [`product-${count}`]: 100 - count });
      await remember(secret, { 'product-10': 1, 'product-41': 1 });
      const names = Object.keys(await recall(secret));
      expect(names).toHaveLength(32);
      expect(names.slice(0, 2)).toEqual(['product-11', 'product-12']);
      expect(names.slice(-2)).toEqual(['product-10', 'product-41']);
      expect((await recall(secret))['product-10']).toBe(90);
    });

    it('keeps the last of more names than fit at once', async () => {
      const { secret } = await scene.store.signIn(null, account());
      await remember(secret, Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`n${at}`, at + 1])));
      expect(Object.keys(await recall(secret))).toEqual(Array.from({ length: 32 }, (_, at) => `n${at + 18}`));
    });

    it('loses none of what is remembered in parallel', async () => {
      const { secret } = await scene.store.signIn(null, account());
      await Promise.all(Array.from({ length: 30 }, (_, at) => remember(secret, { [`n${at}`]: 1, all: at + 1 })));
      const known = await recall(secret);
      expect([Object.keys(known).length, known['all']]).toEqual([31, 30]);
    });

    it('is that of the session, whichever of its secrets asks', async () => {
      const { secret } = await scene.store.signIn(null, account());
      await advance(15 * MINUTE);
      const fresh = (await live(secret, true)).renewedSecret!;
      await remember(fresh, { 'product-a': 3 });
      await advance(MINUTE);
      expect(await recall(secret)).toEqual({ 'product-a': 3 }); // and does not take the old one for a thief's
      expect((await live(fresh)).versions).toEqual({ 'product-a': 3 });
    });

    it('does not prolong a session, nor outlives it', async () => {
      const { secret } = await anonymous();
      await advance(30 * MINUTE - SECOND);
      await remember(secret, { 'product-a': 3 });
      expect(await recall(secret)).toEqual({ 'product-a': 3 });
      await advance(2 * SECOND);
      expect(await recall(secret)).toEqual({});
    });

    it('makes no session: not for a secret of nobody, nor for one whose session has ended', async () => {
      const { secret } = await anonymous();
      await scene.store.end(secret);
      for (const dead of [secret, 'x'.repeat(43), 'no secret of ours']) {
        await remember(dead, { 'product-a': 3 });
        expect(await recall(dead)).toEqual({});
      }
      expect(await recall(null)).toEqual({});
      expect(await size()).toBe(0);
    });

    it('is told of many at once, in their order, with nothing for those that there are not', async () => {
      const [one, two] = [await anonymous(), await anonymous()];
      await remember(one.secret, { 'product-a': 3 });
      await remember(two.secret, { 'product-b': 4 });
      const secrets = [two.secret, null, 'x'.repeat(43), one.secret, 'no secret of ours', two.secret];
      expect(await scene.memory.recallEach(secrets)).toEqual([
        { 'product-b': 4 },
        {},
        {},
        { 'product-a': 3 },
        {},
        { 'product-b': 4 },
      ]);
      expect(await scene.memory.recallEach([null])).toEqual([{}]);
      expect(await scene.memory.recallEach([])).toEqual([]);
    });
  });
}
