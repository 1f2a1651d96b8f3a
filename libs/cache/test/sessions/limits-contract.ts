import { account, lines, type SessionScene } from './session-scene.js';

const LONG = 768;
const wide = (bytes: number): string => '€'.repeat(bytes / 3); // three bytes each

/** How much fits into a session, as tests for {@link describeSessions}. */
export function describeLimits(scene: SessionScene): void {
  const { anonymous, live, size } = scene;

  describe('what is too large', () => {
    it.each([
      ['account id', { accountId: wide(LONG + 3) }],
      ['roles', { roles: [wide(LONG - 3), wide(3)] }],
      ['device', { device: wide(LONG + 3) }],
    ])('is refused by name: the %s of a session', async (what, part) => {
      await expect(scene.store.signIn(null, { ...account(), ...part })).rejects.toMatchObject({
        code: 'SESSION_TOO_LARGE',
        what,
        maxBytes: LONG,
        message: expect.stringContaining(`session's ${what} would have`) as string,
      });
      expect(await size()).toBe(0);
    });

    it('is refused before a session gives its cart away', async () => {
      const { secret } = await anonymous();
      await expect(scene.store.signIn(secret, { ...account(), device: wide(LONG + 3) })).rejects.toThrow('device');
      expect(await live(secret)).toMatchObject({ sealedFor: null });
    });

    it('is refused by name: a product id, in any cart', async () => {
      const refused = { what: 'product id', bytes: LONG + 3, maxBytes: LONG };
      const line = { productId: wide(LONG + 3), quantity: 1 };
      await expect(scene.store.startAnonymous('', line)).rejects.toMatchObject(refused);
      const session = await live((await anonymous()).secret);
      await expect(scene.store.changeCart(session, { verb: 'set', ...line })).rejects.toMatchObject(refused);
    });

    it('fits when it is as large as may be', async () => {
      const large = { accountId: wide(LONG), roles: [wide(LONG)], device: wide(LONG) };
      const { secret } = await scene.store.signIn(null, { ...large, generation: 1 });
      expect(await live(secret)).toMatchObject({ accountId: large.accountId, roles: large.roles });
    });

    it.each([
      ['an anonymous cart', () => anonymous({ productId: 'first', quantity: 1 })],
      ["an account's", () => scene.store.signIn(null, account())],
    ])('is the seventh of seven long lines: %s is full at 5 KiB', async (_, open) => {
      const session = await live((await open()).secret);
      const add = (name: string) =>
        scene.store.changeCart(session, { verb: 'add', productId: name + wide(LONG - 3), quantity: 1 });
      for (const name of ['1', '2', '3', '4', '5', '6']) expect((await add(name)).outcome).toBe('written');
      expect(await add('7')).toEqual({ outcome: 'full' });
      expect((await add('6')).outcome).toBe('written'); // no line more
      expect(await scene.store.changeCart(session, { verb: 'add', productId: 'short', quantity: 1 })).toMatchObject({
        outcome: 'written',
      });
    });

    it('is dropped at a merge, the lines of the account never', async () => {
      const owner = account();
      const session = await live((await scene.store.signIn(null, owner)).secret);
      const line = (name: string) => ({ productId: name + wide(LONG - 3), quantity: 1 });
      for (const name of ['4', '5', '6']) await scene.store.changeCart(session, { verb: 'add', ...line(name) });
      const added = ['1', '2', '3', '6', '7'].map(line);
      const merged = await scene.records.merge(owner.accountId, 'm', added);
      expect(merged.map(({ productId, quantity }) => [productId[0], quantity])).toEqual([
        ...['1', '2', '3', '4', '5'].map((name) => [name, 1]),
        ['6', 2],
      ]);
    });

    it('is forgotten first of what a session remembers, the names that were changed longest ago', async () => {
      const { secret } = await scene.store.signIn(null, account());
      const name = (at: number) => `${at}-${'x'.repeat(300)}`;
      for (let at = 0; at < 12; at++) await scene.memory.remember(secret, { [name(at)]: 1 });
      expect(Object.keys(await scene.memory.recall(secret))).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map(name));
    });

    it.each([0, -1, 1.5, Number.NaN, Infinity])('is no quantity of a cart: %s', async (quantity) => {
      const session = await live((await anonymous()).secret);
      const line = { productId: 'apple', quantity };
      for (const verb of ['add', 'take', 'set'] as const) {
        await expect(scene.store.changeCart(session, { verb, ...line })).rejects.toThrow(RangeError);
      }
      await expect(scene.store.startAnonymous('', line)).rejects.toThrow(RangeError);
      expect(await scene.store.readCart(session)).toEqual([{ productId: 'apple', quantity: 2 }]);
    });

    it('is not what the catalogue calls its products: 100 lines of UUIDs fit', async () => {
      const session = await live((await anonymous()).secret);
      const padded = lines(99).map(({ productId }) => ({ productId: productId.padEnd(36, '-'), quantity: 99 }));
      for (const line of padded) {
        expect((await scene.store.changeCart(session, { verb: 'add', ...line })).outcome).toBe('written');
      }
    });
  });
}
