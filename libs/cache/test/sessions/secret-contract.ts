import { account, MINUTE, SECOND, type SessionScene } from './session-scene.js';

/** What a secret opens, and for how long, as tests for {@link describeSessions}. */
export function describeSecrets(scene: SessionScene): void {
  const { advance, anonymous, live, size, stateOf } = scene;

  describe('secrets', () => {
    it.each([null, '', 'x', 'a'.repeat(43), `${'a'.repeat(43)}.${'b'.repeat(43)}`, '__proto__', '😀'.repeat(22)])(
      'a made-up secret (%s) is no session, and creates nothing',
      async (secret) => {
        expect(await scene.store.check(secret, { renew: true })).toEqual({ state: 'none' });
        expect(await scene.store.end(secret)).toBeNull();
        expect(await scene.store.rotate(secret, null)).toBeNull();
        expect(await size()).toBe(0);
      },
    );

    it('are 256 random bits, never the same twice', async () => {
      const [a, b] = [await anonymous(), await anonymous()];
      expect(a.secret).not.toBe(b.secret);
      expect(Buffer.from(a.secret, 'base64url')).toHaveLength(32);
    });

    it('are renewed after 15 minutes, only where asked for, and once', async () => {
      const { secret, id } = await scene.store.signIn(null, account());
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
      const { secret, id } = await scene.store.signIn(null, owner);
      await advance(15 * MINUTE);
      const fresh = (await live(secret, true)).renewedSecret;
      await advance(30 * SECOND);
      expect(await scene.store.check(secret, { renew: true })).toEqual({
        state: 'replayed',
        id,
        accountId: owner.accountId,
      });
      expect(await stateOf(fresh)).toBe('none');
      expect(await scene.records.listed(owner.accountId)).toEqual([]);
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
      const { secret, id } = await scene.store.signIn(null, account());
      await advance(5 * MINUTE);
      const fresh = await scene.store.rotate(secret, 4);
      expect(await stateOf(secret)).toBe('superseded');
      const session = await live(fresh);
      expect(session).toMatchObject({ id, generation: 4 });
      expect(session.checkedAt - session.signedInAt).toBeLessThan(MINUTE);
      expect(await scene.store.rotate(secret, null)).toBeNull();
      await advance(30 * SECOND);
      expect(await stateOf(secret)).toBe('replayed');
      expect(await stateOf(fresh)).toBe('none');
    });

    it('are replaced by their old one too while that is in its grace, by none that was replaced on demand', async () => {
      const { secret } = await scene.store.signIn(null, account());
      await advance(15 * MINUTE);
      const { renewedSecret } = await live(secret, true);
      const fresh = await scene.store.rotate(secret, 4);
      expect(await live(fresh)).toMatchObject({ generation: 4 });
      expect(await stateOf(renewedSecret)).toBe('superseded');
      expect(await scene.store.rotate(renewedSecret, null)).toBeNull();
    });
  });

  describe('secrets before the last two', () => {
    it('are refused, not taken for a thief, for the rest of their 30 seconds', async () => {
      const { secret } = await scene.store.signIn(null, account());
      await advance(15 * MINUTE);
      const { renewedSecret } = await live(secret, true);
      await advance(20 * SECOND);
      const fresh = await scene.store.rotate(renewedSecret, null);
      expect(await stateOf(secret)).toBe('superseded');
      expect(await scene.store.rotate(secret, null)).toBeNull();
      await live(fresh);
      await advance(10 * SECOND);
      expect(await stateOf(renewedSecret)).toBe('superseded');
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
      const { secret } = await scene.store.signIn(null, account());
      const isDue = async () => (await live(secret)).verificationDue;
      expect(await isDue()).toBe(false);
      await advance(MINUTE);
      const late = await live(secret);
      expect([late.verificationDue, await isDue(), await isDue()]).toEqual([true, true, true]);
      await scene.store.recordVerified(late);
      expect(await isDue()).toBe(false);
      await scene.store.recordVerified({ ...late, checkedAt: late.checkedAt - MINUTE });
      expect(await isDue()).toBe(false);
      await advance(MINUTE);
      expect(await isDue()).toBe(true);
    });
  });
}
