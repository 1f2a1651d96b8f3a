import { randomUUID } from 'node:crypto';
import {
  SessionStore,
  type CartLine,
  type LiveSession,
  type OpenedSession,
  type SessionRecords,
} from '@larder/cache/session';

/** What the contract is run on. `advance` makes all stored times `ms` older. */
export interface SessionSubject {
  readonly records: SessionRecords;
  readonly advance: (ms: number) => Promise<void>;
  /** How many keys or records there are in all. */
  readonly size: () => Promise<number>;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const lines = (count: number): CartLine[] =>
  Array.from({ length: count }, (_, at) => ({ productId: `p${String(at).padStart(3, '0')}`, quantity: 1 }));

/** What sessions and carts promise, whatever keeps them. */
export function describeSessions(name: string, subject: () => Promise<SessionSubject>): void {
  describe(`sessions on ${name}`, () => {
    let records: SessionRecords;
    let store: SessionStore;
    let advance: SessionSubject['advance'];
    let size: SessionSubject['size'];
    const account = () => ({ accountId: randomUUID(), roles: ['customer'], generation: 3, device: 'a browser' });

    beforeEach(async () => {
      ({ records, advance, size } = await subject());
      store = new SessionStore(records);
    });

    const live = async (secret: string | null, renew = false): Promise<LiveSession> => {
      const result = await store.check(secret, { renew });
      if (result.state !== 'live') throw new Error(`expected a live session, got ${result.state}`);
      return result.session;
    };
    const stateOf = async (secret: string | null) => (await store.check(secret, { renew: false })).state;
    const anonymous = (line: CartLine = { productId: 'apple', quantity: 2 }): Promise<OpenedSession> =>
      store.startAnonymous('a browser', line);
    const cartOf = async (secret: string) => store.readCart(await live(secret));

    describe('secrets', () => {
      it.each([null, '', 'x', 'a'.repeat(43), `${'a'.repeat(43)}.${'b'.repeat(43)}`, '__proto__', '😀'.repeat(22)])(
        'a made-up secret (%s) is no session, and creates nothing',
        async (secret) => {
          expect(await store.check(secret, { renew: true })).toEqual({ state: 'none' });
          expect(await store.end(secret)).toBeNull();
          expect(await store.rotate(secret, null)).toBeNull();
          expect(await size()).toBe(0);
        },
      );

      it('are 256 random bits, never the same twice', async () => {
        const [a, b] = [await anonymous(), await anonymous()];
        expect(a.secret).not.toBe(b.secret);
        expect(Buffer.from(a.secret, 'base64url')).toHaveLength(32);
      });

      it('are renewed after 15 minutes, only where asked for, and once', async () => {
        const { secret, id } = await store.signIn(null, account());
        await advance(14 * MINUTE);
        expect(await live(secret, true)).toMatchObject({ renewalDue: false, renewedSecret: null });
        await advance(MINUTE);
        expect(await live(secret)).toMatchObject({ renewalDue: true, renewedSecret: null });
        const parallel = await Promise.all(Array.from({ length: 20 }, () => live(secret, true)));
        const fresh = parallel.flatMap(({ renewedSecret }) => renewedSecret ?? []);
        expect(fresh).toHaveLength(1);
        expect(await live(fresh[0] ?? null)).toMatchObject({ id, renewalDue: false });
      });

      it('still serve for 30 seconds after their renewal, without renewing again', async () => {
        const { secret, id } = await anonymous();
        await advance(20 * MINUTE);
        const fresh = (await live(secret, true)).renewedSecret;
        await advance(29 * SECOND);
        expect(await live(secret, true)).toMatchObject({ id, renewalDue: false, renewedSecret: null });
        expect(await live(fresh)).toMatchObject({ id });
      });

      it('end the session when they come back after that', async () => {
        const owner = account();
        const { secret, id } = await store.signIn(null, owner);
        await advance(15 * MINUTE);
        const fresh = (await live(secret, true)).renewedSecret;
        await advance(30 * SECOND);
        expect(await store.check(secret, { renew: true })).toEqual({
          state: 'replayed',
          id,
          accountId: owner.accountId,
        });
        expect(await stateOf(fresh)).toBe('none');
        expect(await records.listed(owner.accountId)).toEqual([]);
      });

      it('end the session two renewals later too', async () => {
        const { secret } = await anonymous();
        await advance(15 * MINUTE);
        const second = (await live(secret, true)).renewedSecret;
        await advance(15 * MINUTE);
        const third = (await live(second, true)).renewedSecret;
        expect(await stateOf(secret)).toBe('replayed');
        expect(await stateOf(third)).toBe('none');
      });

      it('are replaced on demand: the old one is refused at once, and is a replay after 30 seconds', async () => {
        const { secret, id } = await store.signIn(null, account());
        await advance(5 * MINUTE);
        const fresh = await store.rotate(secret, 4);
        expect(await stateOf(secret)).toBe('superseded');
        const session = await live(fresh);
        expect(session).toMatchObject({ id, generation: 4 });
        expect(session.checkedAt - session.signedInAt).toBeLessThan(MINUTE);
        expect(await store.rotate(secret, null)).toBeNull();
        await advance(30 * SECOND);
        expect(await stateOf(secret)).toBe('replayed');
        expect(await stateOf(fresh)).toBe('none');
      });
    });

    describe('lifetimes', () => {
      it('end after 30 idle minutes', async () => {
        const { secret } = await anonymous();
        await advance(30 * MINUTE - SECOND);
        expect(await stateOf(secret)).toBe('live');
        await advance(30 * MINUTE + SECOND);
        expect(await stateOf(secret)).toBe('none');
      });

      it('end after 12 hours however busy', async () => {
        let { secret } = await anonymous();
        for (let passed = 0; passed < 12 * 60 - 20; passed += 20) {
          await advance(20 * MINUTE);
          secret = (await live(secret, true)).renewedSecret ?? secret;
        }
        await advance(19 * MINUTE);
        secret = (await live(secret, true)).renewedSecret ?? secret;
        await advance(MINUTE);
        expect(await stateOf(secret)).toBe('none');
      });

      it('record a use at most once a minute', async () => {
        const { secret } = await anonymous();
        expect((await live(secret)).touched).toBe(false);
        await advance(MINUTE);
        const touched = await Promise.all([live(secret), live(secret), live(secret)]);
        expect(touched.filter((session) => session.touched)).toHaveLength(1);
      });
    });

    describe('verification', () => {
      it('is due a minute after it was recorded, at each check until it is recorded again', async () => {
        const { secret } = await store.signIn(null, account());
        const isDue = async () => (await live(secret)).verificationDue;
        expect(await isDue()).toBe(false);
        await advance(MINUTE);
        const late = await live(secret);
        expect([late.verificationDue, await isDue(), await isDue()]).toEqual([true, true, true]);
        await store.recordVerified(late);
        expect(await isDue()).toBe(false);
        await store.recordVerified({ ...late, checkedAt: late.checkedAt - MINUTE });
        expect(await isDue()).toBe(false);
        await advance(MINUTE);
        expect(await isDue()).toBe(true);
      });
    });

    describe('an anonymous cart', () => {
      it('starts with the session', async () => {
        const { secret } = await anonymous({ productId: 'apple', quantity: 120 });
        expect(await live(secret)).toMatchObject({ accountId: null, roles: [] });
        expect(await cartOf(secret)).toEqual([{ productId: 'apple', quantity: 99 }]);
      });

      it('keeps 50 parallel adds', async () => {
        const session = await live((await anonymous({ productId: 'p000', quantity: 1 })).secret);
        await Promise.all(lines(50).map((line) => store.changeCart(session, { verb: 'add', ...line })));
        const kept = await store.readCart(session);
        expect(kept).toHaveLength(50);
        expect(kept[0]).toEqual({ productId: 'p000', quantity: 2 });
      });

      it('adds, sets, removes, clears, and answers the lines in order', async () => {
        const { secret } = await anonymous({ productId: 'pear', quantity: 2 });
        const session = await live(secret);
        await store.changeCart(session, { verb: 'add', productId: 'pear', quantity: 98 });
        expect(await store.changeCart(session, { verb: 'set', productId: 'apple', quantity: 5 })).toEqual({
          outcome: 'written',
          lines: [
            { productId: 'apple', quantity: 5 },
            { productId: 'pear', quantity: 99 },
          ],
        });
        await store.changeCart(session, { verb: 'remove', productId: 'nothing' });
        await store.changeCart(session, { verb: 'remove', productId: 'pear' });
        expect(await cartOf(secret)).toEqual([{ productId: 'apple', quantity: 5 }]);
        expect(await store.changeCart(session, { verb: 'clear' })).toEqual({ outcome: 'written', lines: [] });
        expect(await stateOf(secret)).toBe('live');
      });

      it('is full at 100 lines, and loses none', async () => {
        const session = await live((await anonymous({ productId: 'p000', quantity: 1 })).secret);
        const results = await Promise.all(
          lines(120).map((line) => store.changeCart(session, { verb: 'add', ...line })),
        );
        expect(results.filter(({ outcome }) => outcome === 'full')).toHaveLength(20);
        expect(await store.readCart(session)).toHaveLength(100);
        const known = await store.changeCart(session, { verb: 'add', productId: 'p000', quantity: 1 });
        expect(known.outcome).toBe('written');
      });

      it('is not brought back by a write that ends after the session did', async () => {
        const { secret } = await anonymous();
        const session = await live(secret);
        await store.end(secret);
        expect(await store.changeCart(session, { verb: 'add', productId: 'pear', quantity: 1 })).toEqual({
          outcome: 'gone',
        });
        expect(await records.rotate(session.sessionHash, { proofHash: '', freshProofHash: 'x', generation: 1 })).toBe(
          false,
        );
        await records.adoptGeneration(session.sessionHash, 5);
        await store.recordVerified(session);
        expect(await records.seal(session.sessionHash, 'someone')).toBeNull();
        expect(await stateOf(secret)).toBe('none');
        expect(await size()).toBe(0);
      });
    });

    describe('signing in', () => {
      it('changes the secret and tells who it is', async () => {
        const before = await anonymous();
        const owner = account();
        const after = await store.signIn(before.secret, owner);
        expect(after.secret).not.toBe(before.secret);
        expect(await stateOf(before.secret)).toBe('none');
        const session = await live(after.secret);
        expect(session).toMatchObject({ id: after.id, accountId: owner.accountId, roles: ['customer'], generation: 3 });
      });

      it('adds the anonymous cart to the account, up to 99 a line', async () => {
        const owner = account();
        const first = await store.signIn(null, owner);
        const session = await live(first.secret);
        await store.changeCart(session, { verb: 'set', productId: 'apple', quantity: 98 });
        await store.changeCart(session, { verb: 'set', productId: 'plum', quantity: 1 });
        const second = await store.signIn((await anonymous({ productId: 'apple', quantity: 2 })).secret, owner);
        const merged = [
          { productId: 'apple', quantity: 99 },
          { productId: 'plum', quantity: 1 },
        ];
        expect(await cartOf(second.secret)).toEqual(merged);
        expect(await cartOf(first.secret)).toEqual(merged);
      });

      it('keeps at most 100 lines, and all of the account', async () => {
        const owner = account();
        const session = await live((await store.signIn(null, owner)).secret);
        for (const line of lines(99)) await store.changeCart(session, { verb: 'add', ...line });
        const guest = await live((await anonymous({ productId: 'x1', quantity: 1 })).secret);
        const { secret } = await anonymous({ productId: 'x1', quantity: 1 });
        await store.changeCart(await live(secret), { verb: 'add', productId: 'x2', quantity: 1 });
        await store.signIn(secret, owner);
        const ids = (await store.readCart(session)).map(({ productId }) => productId);
        expect(ids).toHaveLength(100);
        expect(ids).toEqual(expect.arrayContaining(lines(99).map(({ productId }) => productId)));
        expect(await store.readCart(guest)).toHaveLength(1);
      });

      it('merges once, even if each step is repeated or runs concurrently', async () => {
        const owner = account();
        const guest = await live((await anonymous({ productId: 'apple', quantity: 3 })).secret);
        const sealed = await records.seal(guest.sessionHash, owner.accountId);
        for (const other of ['another account', 'a third']) {
          expect(await records.seal(guest.sessionHash, other)).toEqual(sealed);
        }
        const merges = Array.from({ length: 10 }, () => records.merge(owner.accountId, guest.id, sealed?.lines ?? []));
        for (const merged of await Promise.all(merges)) expect(merged).toEqual([{ productId: 'apple', quantity: 3 }]);
      });

      it('merges once when two sign-ins race with one anonymous session', async () => {
        const owner = account();
        const { secret } = await anonymous({ productId: 'apple', quantity: 3 });
        const [one, two] = await Promise.all([store.signIn(secret, owner), store.signIn(secret, owner)]);
        expect(await cartOf(one.secret)).toEqual([{ productId: 'apple', quantity: 3 }]);
        expect(await stateOf(two.secret)).toBe('live');
      });

      it('loses no parallel add: it is in the account, or refused as gone', async () => {
        const owner = account();
        const { secret } = await anonymous({ productId: 'first', quantity: 1 });
        const guest = await live(secret);
        const adds = lines(40).map(async (line) => ({
          line,
          result: await store.changeCart(guest, { verb: 'add', ...line }),
        }));
        const signedIn = store.signIn(secret, owner);
        const written = (await Promise.all(adds)).filter(({ result }) => result.outcome === 'written');
        const kept = await cartOf((await signedIn).secret);
        expect(kept).toEqual([{ productId: 'first', quantity: 1 }, ...written.map(({ line }) => line)]);
      });

      it('finishes what a sign-in that died between its steps has begun', async () => {
        const owner = account();
        const { secret } = await anonymous({ productId: 'apple', quantity: 3 });
        const guest = await live(secret);
        await records.seal(guest.sessionHash, owner.accountId);
        expect(await store.changeCart(guest, { verb: 'add', productId: 'pear', quantity: 1 })).toEqual({
          outcome: 'gone',
        });
        expect(await stateOf(secret)).toBe('none');
        expect(await cartOf((await store.signIn(null, owner)).secret)).toEqual([{ productId: 'apple', quantity: 3 }]);
      });

      it('lets a sealed session end before its merge is forgotten, however often it is looked at', async () => {
        const { secret } = await anonymous();
        await records.seal((await live(secret)).sessionHash, account().accountId);
        for (let minutes = 0; minutes < 29; minutes++) {
          await advance(MINUTE);
          expect(await live(secret)).toMatchObject({ touched: false });
        }
        await advance(MINUTE);
        expect(await stateOf(secret)).toBe('none');
      });

      it('does not bring a merged line back after the cart was cleared', async () => {
        const owner = account();
        await records.merge(owner.accountId, 'merge-1', [{ productId: 'apple', quantity: 3 }]);
        await records.writeCart({ accountId: owner.accountId }, { verb: 'clear' });
        expect(await records.merge(owner.accountId, 'merge-1', [{ productId: 'apple', quantity: 3 }])).toEqual([]);
        await advance(61 * MINUTE);
        await records.merge(owner.accountId, 'merge-2', [{ productId: 'fig', quantity: 1 }]);
        expect(await records.readCart({ accountId: owner.accountId })).toEqual([{ productId: 'fig', quantity: 1 }]);
      });

      it('ends the signed-in session that it replaces', async () => {
        const owner = account();
        const before = await store.signIn(null, owner);
        const after = await store.signIn(before.secret, owner);
        expect(await stateOf(before.secret)).toBe('none');
        expect((await store.list(owner.accountId)).map(({ id }) => id)).toEqual([after.id]);
      });

      it('takes nothing from a replayed secret', async () => {
        const { secret } = await anonymous();
        await advance(15 * MINUTE);
        await live(secret, true);
        await advance(MINUTE);
        const { secret: fresh } = await store.signIn(secret, account());
        expect(await cartOf(fresh)).toEqual([]);
      });
    });

    describe("an account's sessions", () => {
      it('are at most 10: the oldest goes', async () => {
        const owner = account();
        const opened: OpenedSession[] = [];
        for (let count = 0; count < 12; count++) opened.push(await store.signIn(null, owner));
        expect((await store.list(owner.accountId)).map(({ id }) => id)).toEqual(opened.slice(2).map(({ id }) => id));
        expect(await stateOf(opened[1]?.secret ?? null)).toBe('none');
        expect(await stateOf(opened[2]?.secret ?? null)).toBe('live');
      });

      it('do not count towards the 10 once they have expired', async () => {
        const owner = account();
        const kept = await store.signIn(null, owner);
        for (let count = 0; count < 9; count++) await store.signIn(null, owner);
        await advance(20 * MINUTE);
        await live(kept.secret, false); // the others are left to expire
        await advance(20 * MINUTE);
        const { id } = await store.signIn(null, owner);
        expect((await store.list(owner.accountId)).map((view) => view.id)).toEqual([kept.id, id]);
        expect(await stateOf(kept.secret)).toBe('live');
      });

      it('are at most 10 after 30 parallel sign-ins', async () => {
        const owner = account();
        const opened = await Promise.all(Array.from({ length: 30 }, () => store.signIn(null, owner)));
        const states = await Promise.all(opened.map(({ secret }) => stateOf(secret)));
        expect(states.filter((state) => state === 'live').length).toBeLessThanOrEqual(10);
        expect(states.filter((state) => state === 'live').length).toBe((await store.list(owner.accountId)).length);
      });

      it('are listed with device and times, never with a secret', async () => {
        const owner = account();
        const { id, secret } = await store.signIn(null, owner);
        const [view] = await store.list(owner.accountId);
        expect(view).toMatchObject({ id, device: 'a browser', lastSeenAt: view?.createdAt });
        expect(Object.keys(view ?? {}).toSorted()).toEqual(['createdAt', 'device', 'id', 'lastSeenAt']);
        expect(JSON.stringify(view)).not.toContain(secret);
      });

      it('drop out of the list when they expire', async () => {
        const owner = account();
        await store.signIn(null, owner);
        await advance(31 * MINUTE);
        const { id } = await store.signIn(null, owner);
        expect((await store.list(owner.accountId)).map((view) => view.id)).toEqual([id]);
        expect(await records.listed(owner.accountId)).toHaveLength(1);
      });

      it('end one, or all but one; the spared take over the generation', async () => {
        const owner = account();
        const [a, b, c] = [
          await store.signIn(null, owner),
          await store.signIn(null, owner),
          await store.signIn(null, owner),
        ];
        expect(await store.endSome(owner.accountId, 4, (id) => id === b.id)).toEqual([b.id]);
        expect(await stateOf(b.secret)).toBe('none');
        expect(await live(a.secret)).toMatchObject({ generation: 4 });
        expect(await store.endSome(owner.accountId, 5, (id) => id !== c.id)).toEqual([a.id]);
        expect((await live(c.secret)).generation).toBe(5);
        expect(await store.endSome(owner.accountId, 6, (id) => id === a.id)).toEqual([]);
        expect(await store.endSome(randomUUID(), 1, () => true)).toEqual([]);
      });

      it('take over a generation only from the one before: who missed one stays outdated', async () => {
        const owner = account();
        const { secret } = await store.signIn(null, owner);
        await store.endSome(owner.accountId, 5, () => false);
        expect((await live(secret)).generation).toBe(3);
        expect(await store.rotate(secret, 5)).toBeNull();
        expect((await live(secret)).generation).toBe(3);
        await store.endSome(owner.accountId, 3, () => false);
        expect((await live(secret)).generation).toBe(3);
      });

      it('share one cart, which outlives them', async () => {
        const owner = account();
        const one = await store.signIn(null, owner);
        await store.changeCart(await live(one.secret), { verb: 'add', productId: 'apple', quantity: 1 });
        await store.end(one.secret);
        expect(await cartOf((await store.signIn(null, owner)).secret)).toEqual([{ productId: 'apple', quantity: 1 }]);
      });

      it('never serve another account', async () => {
        const [one, two] = [account(), account()];
        const a = await store.signIn(null, one);
        await store.signIn(null, two);
        expect(await store.endSome(two.accountId, 9, (id) => id === a.id)).toEqual([]);
        expect(await stateOf(a.secret)).toBe('live');
      });
    });
  });
}
