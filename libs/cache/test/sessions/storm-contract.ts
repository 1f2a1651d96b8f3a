import type { CartChange, LiveSession } from '@larder/cache/session';
import { account, lines, type SessionScene } from './session-scene.js';

const PRODUCT = { productId: 'apple', quantity: 1 };

/** Many requests at once, as tests for {@link describeSessions}. */
export function describeStorms(scene: SessionScene): void {
  const { anonymous, cartOf, live, size, stateOf } = scene;
  const change = (session: LiveSession, one: CartChange) => scene.store.changeCart(session, one);

  describe('taking from a cart', () => {
    it('leaves the rest, and the line goes with the last', async () => {
      const session = await live((await anonymous({ productId: 'apple', quantity: 5 })).secret);
      await change(session, { verb: 'take', productId: 'apple', quantity: 2 });
      expect(await scene.store.readCart(session)).toEqual([{ productId: 'apple', quantity: 3 }]);
      expect(await change(session, { verb: 'take', productId: 'pear', quantity: 1 })).toMatchObject({
        lines: [{ productId: 'apple', quantity: 3 }],
      });
      expect(await change(session, { verb: 'take', productId: 'apple', quantity: 3 })).toEqual({
        outcome: 'written',
        lines: [],
      });
    });

    it('makes room for another line', async () => {
      const session = await live((await scene.store.signIn(null, account())).secret);
      for (const line of lines(100)) await change(session, { verb: 'add', ...line });
      expect(await change(session, { verb: 'add', ...PRODUCT })).toEqual({ outcome: 'full' });
      await change(session, { verb: 'take', productId: 'p050', quantity: 1 });
      expect((await change(session, { verb: 'add', ...PRODUCT })).outcome).toBe('written');
    });

    it('takes no more than there is', async () => {
      const session = await live((await scene.store.signIn(null, account())).secret);
      await change(session, { verb: 'take', ...PRODUCT });
      await change(session, { verb: 'add', productId: 'apple', quantity: 2 });
      await change(session, { verb: 'take', productId: 'apple', quantity: 9 });
      expect(await scene.store.readCart(session)).toEqual([]);
      await change(session, { verb: 'add', ...PRODUCT });
      expect(await scene.store.readCart(session)).toEqual([PRODUCT]);
    });
  });

  describe('a storm', () => {
    it.each([
      ['an anonymous cart', () => anonymous({ productId: 'apple', quantity: 50 })],
      ["an account's", () => scene.store.signIn(null, account())],
    ])('of 50 that add one and 40 that take one leaves %s exact', async (_, open) => {
      const session = await live((await open()).secret);
      await change(session, { verb: 'set', productId: 'apple', quantity: 45 });
      const storm = Array.from({ length: 90 }, (_none, at) =>
        change(session, { verb: at % 9 < 5 ? 'add' : 'take', ...PRODUCT }),
      );
      await Promise.all(storm);
      expect(await scene.store.readCart(session)).toEqual([{ productId: 'apple', quantity: 55 }]);
    });

    it("of adds on two of an account's devices keeps them all", async () => {
      const owner = account();
      const devices = [
        await live((await scene.store.signIn(null, owner)).secret),
        await live((await scene.store.signIn(null, owner)).secret),
      ];
      await Promise.all(devices.flatMap((device) => lines(50).map((line) => change(device, { verb: 'add', ...line }))));
      expect(await scene.store.readCart(devices[0]!)).toEqual(lines(50).map((line) => ({ ...line, quantity: 2 })));
    });

    it('of reads and writes around a logout leaves nothing, whichever end after it', async () => {
      const sessions = await Promise.all(Array.from({ length: 10 }, () => anonymous()));
      const found = await Promise.all(sessions.map(({ secret }) => live(secret)));
      const traffic = async (session: LiveSession, secret: string): Promise<unknown> =>
        Promise.all([
          ...lines(10).map((line) => change(session, { verb: 'add', ...line })),
          scene.store.check(secret, { renew: true }),
          scene.store.end(secret),
          scene.preferences.change(session, { version: 0, value: { theme: 'dark' } }),
          scene.memory.remember(secret, { 'product-a': 1 }),
          scene.store.recordVerified(session),
          scene.store.rotate(secret, null),
          ...lines(10).map((line) => change(session, { verb: 'take', ...line })),
          scene.store.check(secret, { renew: true }),
          scene.store.readCart(session),
        ]);
      await Promise.all(found.map((session, at) => traffic(session, sessions[at]!.secret)));
      expect(await Promise.all(sessions.map(({ secret }) => stateOf(secret)))).toEqual(Array(10).fill('none'));
      expect(await size()).toBe(0);
    });
  });

  describe('two devices that sign in at once', () => {
    it('make one cart, the same in any order', async () => {
      const guests = [
        [3, 0, 60],
        [0, 5, 60],
      ].map((quantities) => quantities.map((quantity, at) => ({ productId: `p${at}`, quantity })));
      for (const order of [guests, guests.toReversed()]) {
        const owner = account();
        const secrets: string[] = [];
        for (const cart of order) {
          const [first, ...rest] = cart.filter(({ quantity }) => quantity > 0);
          const { secret } = await anonymous(first);
          const session = await live(secret);
          for (const line of rest) await change(session, { verb: 'add', ...line });
          secrets.push(secret);
        }
        const opened = await Promise.all(secrets.map((secret) => scene.store.signIn(secret, owner)));
        for (const { secret } of opened) {
          expect(await cartOf(secret)).toEqual([
            { productId: 'p0', quantity: 3 },
            { productId: 'p1', quantity: 5 },
            { productId: 'p2', quantity: 99 },
          ]);
        }
        expect(await Promise.all(secrets.map(stateOf))).toEqual(['superseded', 'superseded']);
      }
    });
  });

  describe('a sign-in that is tried again', () => {
    it('because its answer was lost adds the cart once', async () => {
      const owner = account();
      const { secret } = await anonymous({ productId: 'apple', quantity: 3 });
      await scene.store.signIn(secret, owner);
      const again = await scene.store.signIn(secret, owner);
      expect(await cartOf(again.secret)).toEqual([{ productId: 'apple', quantity: 3 }]);
    });

    it.each(['seal', 'merge', 'supersede', 'enlist', 'create'] as const)(
      'because it died after %s adds it once',
      async (step) => {
        const owner = account();
        const { secret } = await anonymous({ productId: 'apple', quantity: 3 });
        const broken = scene.storeThatDiesAfter(step);
        await expect(broken.signIn(secret, owner)).rejects.toThrow('died');
        const again = await scene.store.signIn(secret, owner);
        expect(await cartOf(again.secret)).toEqual([{ productId: 'apple', quantity: 3 }]);
        expect(await stateOf(secret)).toBe('superseded');
      },
    );
  });
}
