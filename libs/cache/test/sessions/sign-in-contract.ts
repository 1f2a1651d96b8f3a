import { account, lines, MINUTE, SECOND, type SessionScene } from './session-scene.js';

/** What becomes of a session and its cart when its user signs in, as tests for {@link describeSessions}. */
export function describeSignIns(scene: SessionScene): void {
  const { advance, anonymous, cartOf, live, stateOf } = scene;

  describe('signing in', () => {
    it('changes the secret and tells who it is', async () => {
      const before = await anonymous();
      const owner = account();
      const after = await scene.store.signIn(before.secret, owner);
      expect(after.secret).not.toBe(before.secret);
      expect(await stateOf(before.secret)).toBe('superseded');
      const session = await live(after.secret);
      expect(session).toMatchObject({ id: after.id, accountId: owner.accountId, roles: ['customer'], generation: 3 });
    });

    it('adds the anonymous cart to the account, up to 99 a line', async () => {
      const owner = account();
      const first = await scene.store.signIn(null, owner);
      const session = await live(first.secret);
      await scene.store.changeCart(session, { verb: 'set', productId: 'apple', quantity: 98 });
      await scene.store.changeCart(session, { verb: 'set', productId: 'plum', quantity: 1 });
      const second = await scene.store.signIn((await anonymous({ productId: 'apple', quantity: 2 })).secret, owner);
      const merged = [
        { productId: 'apple', quantity: 99 },
        { productId: 'plum', quantity: 1 },
      ];
      expect(await cartOf(second.secret)).toEqual(merged);
      expect(await cartOf(first.secret)).toEqual(merged);
    });

    it('keeps at most 100 lines, and all of the account', async () => {
      const owner = account();
      const session = await live((await scene.store.signIn(null, owner)).secret);
      for (const line of lines(99)) await scene.store.changeCart(session, { verb: 'add', ...line });
      const guest = await live((await anonymous({ productId: 'x1', quantity: 1 })).secret);
      const { secret } = await anonymous({ productId: 'x1', quantity: 1 });
      await scene.store.changeCart(await live(secret), { verb: 'add', productId: 'x2', quantity: 1 });
      await scene.store.signIn(secret, owner);
      const ids = (await scene.store.readCart(session)).map(({ productId }) => productId);
      expect(ids).toHaveLength(100);
      expect(ids).toEqual(expect.arrayContaining(lines(99).map(({ productId }) => productId)));
      expect(await scene.store.readCart(guest)).toHaveLength(1);
    });

    it('merges once, even if each step is repeated or runs concurrently', async () => {
      const owner = account();
      const guest = await live((await anonymous({ productId: 'apple', quantity: 3 })).secret);
      const sealed = await scene.records.seal(guest.sessionHash, owner.accountId);
      for (const other of ['another account', 'a third']) {
        expect(await scene.records.seal(guest.sessionHash, other)).toEqual(sealed);
      }
      const merges = Array.from({ length: 10 }, () =>
        scene.records.merge(owner.accountId, guest.id, sealed?.lines ?? []),
      );
      for (const merged of await Promise.all(merges)) expect(merged).toEqual([{ productId: 'apple', quantity: 3 }]);
    });

    it('merges once when two sign-ins race with one anonymous session', async () => {
      const owner = account();
      const { secret } = await anonymous({ productId: 'apple', quantity: 3 });
      const [one, two] = await Promise.all([scene.store.signIn(secret, owner), scene.store.signIn(secret, owner)]);
      expect(await cartOf(one.secret)).toEqual([{ productId: 'apple', quantity: 3 }]);
      expect(await stateOf(two.secret)).toBe('live');
    });

    it('loses no parallel add: it is in the account, or refused as gone', async () => {
      const owner = account();
      const { secret } = await anonymous({ productId: 'first', quantity: 1 });
      const guest = await live(secret);
      const adds = lines(40).map(async (line) => ({
        line,
        result: await scene.store.changeCart(guest, { verb: 'add', ...line }),
      }));
      const signedIn = scene.store.signIn(secret, owner);
      const written = (await Promise.all(adds)).filter(({ result }) => result.outcome === 'written');
      const kept = await cartOf((await signedIn).secret);
      expect(kept).toEqual([{ productId: 'first', quantity: 1 }, ...written.map(({ line }) => line)]);
    });

    it('finishes what a sign-in that died between its steps has begun', async () => {
      const owner = account();
      const { secret } = await anonymous({ productId: 'apple', quantity: 3 });
      const guest = await live(secret);
      await scene.records.seal(guest.sessionHash, owner.accountId);
      expect(await scene.store.changeCart(guest, { verb: 'add', productId: 'pear', quantity: 1 })).toEqual({
        outcome: 'gone',
      });
      expect(await stateOf(secret)).toBe('superseded');
      expect(await cartOf((await scene.store.signIn(null, owner)).secret)).toEqual([
        { productId: 'apple', quantity: 3 },
      ]);
    });

    it('lets a sealed session end before its merge is forgotten, however often it is looked at', async () => {
      const { secret } = await anonymous();
      await scene.records.seal((await live(secret)).sessionHash, account().accountId);
      for (let minutes = 0; minutes < 29; minutes++) {
        await advance(MINUTE);
        expect(await live(secret)).toMatchObject({ touched: false });
      }
      await advance(MINUTE);
      expect(await stateOf(secret)).toBe('none');
    });

    it('does not bring a merged line back after the cart was cleared', async () => {
      const owner = account();
      await scene.records.merge(owner.accountId, 'merge-1', [{ productId: 'apple', quantity: 3 }]);
      await scene.records.writeCart({ accountId: owner.accountId }, { verb: 'clear' });
      expect(await scene.records.merge(owner.accountId, 'merge-1', [{ productId: 'apple', quantity: 3 }])).toEqual([]);
      await advance(61 * MINUTE);
      await scene.records.merge(owner.accountId, 'merge-2', [{ productId: 'fig', quantity: 1 }]);
      expect(await scene.records.readCart({ accountId: owner.accountId })).toEqual([{ productId: 'fig', quantity: 1 }]);
    });

    it('ends the signed-in session that it replaces', async () => {
      const owner = account();
      const before = await scene.store.signIn(null, owner);
      const after = await scene.store.signIn(before.secret, owner);
      expect(await stateOf(before.secret)).toBe('superseded');
      expect((await scene.store.list(owner.accountId)).map(({ id }) => id)).toEqual([after.id]);
    });

    it('leaves nothing for the secret that it replaces to do, and for 30 seconds the word that it was replaced', async () => {
      const guest = await anonymous();
      const session = await live(guest.secret);
      const owner = account();
      const first = await scene.store.signIn(guest.secret, owner);
      await scene.store.signIn(first.secret, owner);
      for (const { secret, sessionHash } of [guest, first]) {
        await advance(10 * SECOND);
        expect(await stateOf(secret)).toBe('superseded');
        expect(await scene.store.rotate(secret, null)).toBeNull();
        expect(await scene.records.describe([sessionHash])).toEqual([null]);
        await scene.records.remember(sessionHash, { product: 1 });
        expect(await scene.records.recall([sessionHash])).toEqual([{}]);
      }
      expect(await scene.store.changeCart(session, { verb: 'add', productId: 'pear', quantity: 1 })).toEqual({
        outcome: 'gone',
      });
      await advance(10 * SECOND);
      expect([await stateOf(guest.secret), await stateOf(first.secret)]).toEqual(['none', 'none']);
    });

    it('says of an ended session that it is none, of a replaced one too', async () => {
      const { secret } = await anonymous();
      await scene.store.signIn(secret, account());
      expect(await scene.store.end(secret)).toBeNull();
      expect(await stateOf(secret)).toBe('none');
    });

    it('takes nothing from a replayed secret', async () => {
      const { secret } = await anonymous();
      await advance(15 * MINUTE);
      await live(secret, true);
      await advance(MINUTE);
      const { secret: fresh } = await scene.store.signIn(secret, account());
      expect(await cartOf(fresh)).toEqual([]);
    });
  });
}
