import { lines, type SessionScene } from './session-scene.js';

/** The cart of a session of nobody, as tests for {@link describeSessions}. */
export function describeCarts(scene: SessionScene): void {
  const { anonymous, cartOf, live, size, stateOf } = scene;

  describe('an anonymous cart', () => {
    it('starts with the session', async () => {
      const { secret } = await anonymous({ productId: 'apple', quantity: 120 });
      expect(await live(secret)).toMatchObject({ accountId: null, roles: [] });
      expect(await cartOf(secret)).toEqual([{ productId: 'apple', quantity: 99 }]);
    });

    it('keeps 50 parallel adds', async () => {
      const session = await live((await anonymous({ productId: 'p000', quantity: 1 })).secret);
      await Promise.all(lines(50).map((line) => scene.store.changeCart(session, { verb: 'add', ...line })));
      const kept = await scene.store.readCart(session);
      expect(kept).toHaveLength(50);
      expect(kept[0]).toEqual({ productId: 'p000', quantity: 2 });
    });

    it('adds, sets, removes, clears, and answers the lines in order', async () => {
      const { secret } = await anonymous({ productId: 'pear', quantity: 2 });
      const session = await live(secret);
      await scene.store.changeCart(session, { verb: 'add', productId: 'pear', quantity: 98 });
      expect(await scene.store.changeCart(session, { verb: 'set', productId: 'apple', quantity: 5 })).toEqual({
        outcome: 'written',
        lines: [
          { productId: 'apple', quantity: 5 },
          { productId: 'pear', quantity: 99 },
        ],
      });
      await scene.store.changeCart(session, { verb: 'remove', productId: 'nothing' });
      await scene.store.changeCart(session, { verb: 'remove', productId: 'pear' });
      expect(await cartOf(secret)).toEqual([{ productId: 'apple', quantity: 5 }]);
      expect(await scene.store.changeCart(session, { verb: 'clear' })).toEqual({ outcome: 'written', lines: [] });
      expect(await stateOf(secret)).toBe('live');
    });

    it('is full at 100 lines, and loses none', async () => {
      const session = await live((await anonymous({ productId: 'p000', quantity: 1 })).secret);
      const results = await Promise.all(
        lines(120).map((line) => scene.store.changeCart(session, { verb: 'add', ...line })),
      );
      expect(results.filter(({ outcome }) => outcome === 'full')).toHaveLength(20);
      expect(await scene.store.readCart(session)).toHaveLength(100);
      const known = await scene.store.changeCart(session, { verb: 'add', productId: 'p000', quantity: 1 });
      expect(known.outcome).toBe('written');
    });

    it('is not brought back by a write that ends after the session did', async () => {
      const { secret } = await anonymous();
      const session = await live(secret);
      await scene.store.end(secret);
      expect(await scene.store.changeCart(session, { verb: 'add', productId: 'pear', quantity: 1 })).toEqual({
        outcome: 'gone',
      });
      expect(
        await scene.records.rotate(session.sessionHash, { proofHash: '', freshProofHash: 'x', generation: 1 }),
      ).toBe(false);
      await scene.records.adoptGeneration(session.sessionHash, 5);
      await scene.store.recordVerified(session);
      expect(await scene.records.seal(session.sessionHash, 'someone')).toBeNull();
      expect(await stateOf(secret)).toBe('none');
      expect(await size()).toBe(0);
    });
  });
}
