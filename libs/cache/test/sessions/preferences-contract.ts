import { SessionTooLarge, type LiveSession } from '@larder/cache/session';
import { account, MINUTE, SECOND, type SessionScene } from './session-scene.js';

/** What somebody prefers while a session lasts, as tests for {@link describeSessions}. */
export function describePreferences(scene: SessionScene): void {
  const { advance, anonymous, live, size, stateOf } = scene;
  const change = (session: LiveSession, version: number, value: Record<string, unknown>) =>
    scene.preferences.change(session, { version, value });

  describe('preferences', () => {
    it('are empty at version 0, and change by version, of anybody', async () => {
      for (const { secret } of [await anonymous(), await scene.store.signIn(null, account())]) {
        const session = await live(secret);
        expect(await scene.preferences.read(session)).toEqual({ version: 0, value: {} });
        expect(await change(session, 0, { theme: 'dark', zoom: [1.5] })).toEqual({ outcome: 'written', version: 1 });
        expect(await change(session, 1, { theme: 'light' })).toEqual({ outcome: 'written', version: 2 });
        expect(await scene.preferences.read(await live(secret))).toEqual({ version: 2, value: { theme: 'light' } });
      }
    });

    it('that were changed meanwhile are told, and stay', async () => {
      const session = await live((await anonymous()).secret);
      await change(session, 0, { theme: 'dark' });
      for (const version of [0, 2]) {
        expect(await change(session, version, {})).toEqual({
          outcome: 'conflict',
          version: 1,
          value: { theme: 'dark' },
        });
      }
      expect(await scene.preferences.read(session)).toEqual({ version: 1, value: { theme: 'dark' } });
    });

    it('let one of 20 parallel changes of a version win, and lose none that is tried again', async () => {
      const session = await live((await anonymous()).secret);
      const raced = await Promise.all(Array.from({ length: 20 }, (_, at) => change(session, 0, { [`n${at}`]: at })));
      expect(raced.filter(({ outcome }) => outcome === 'written')).toHaveLength(1);
      const insist = async (name: string): Promise<void> => {
        for (;;) {
          const known = (await scene.preferences.read(session))!;
          const { outcome } = await change(session, known.version, { ...known.value, [name]: true });
          if (outcome === 'written') return;
        }
      };
      await Promise.all(Array.from({ length: 10 }, (_, at) => insist(`kept${at}`)));
      const { version, value } = (await scene.preferences.read(session))!;
      expect([
        version,
        Object.keys(value)
          .filter((name) => name.startsWith('kept'))
          .sort(),
      ]).toEqual([11, Array.from({ length: 10 }, (_, at) => `kept${at}`)]);
    });

    it('have 4 KiB of JSON at most, in bytes', async () => {
      const session = await live((await anonymous()).secret);
      const text = `${'€'.repeat(1_362)}xx`; // 4,088 bytes, as each € takes three; the braces take eight
      expect((await change(session, 0, { t: text })).outcome).toBe('written');
      const refusal: unknown = await change(session, 1, { t: `${text}x` }).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(SessionTooLarge);
      expect(refusal).toBeInstanceOf(RangeError);
      expect(refusal).toMatchObject({
        code: 'SESSION_TOO_LARGE',
        what: 'preferences',
        bytes: 4_097,
        maxBytes: 4_096,
        message: "The session's preferences would have 4097 bytes; at most 4096 fit",
      });
      expect(await scene.preferences.read(session)).toEqual({ version: 1, value: { t: text } });
    });

    it('that nobody can read count as empty, and are replaced', async () => {
      const session = await live((await anonymous()).secret);
      let version = 0;
      for (const text of ['{', '[]', 'null', '"text"', '']) {
        await scene.records.changePreferences(session.sessionHash, version, text);
        version += 1;
        expect(await scene.preferences.read(session)).toEqual({ version, value: {} });
      }
      expect(await change(session, version, { theme: 'dark' })).toEqual({ outcome: 'written', version: version + 1 });
    });

    it('neither prolong a session nor outlive it, and make none', async () => {
      const { secret } = await anonymous();
      const session = await live(secret);
      await advance(30 * MINUTE - SECOND);
      expect((await change(session, 0, { theme: 'dark' })).outcome).toBe('written');
      await advance(2 * SECOND);
      expect(await change(session, 1, {})).toEqual({ outcome: 'gone' });
      expect(await scene.preferences.read(session)).toBeNull();
      expect(await stateOf(secret)).toBe('none');
      await scene.store.end((await anonymous()).secret);
      expect(await scene.preferences.read({ sessionHash: 'of nobody' })).toBeNull();
      expect(await scene.preferences.change({ sessionHash: 'of nobody' }, { version: 0, value: {} })).toEqual({
        outcome: 'gone',
      });
      expect((await scene.records.describe([session.sessionHash, 'of nobody'])).filter(Boolean)).toEqual([]);
    });

    it('do not come back after a logout', async () => {
      const { secret } = await anonymous();
      const session = await live(secret);
      await change(session, 0, { theme: 'dark' });
      await scene.store.end(secret);
      expect(await change(session, 1, { theme: 'light' })).toEqual({ outcome: 'gone' });
      expect(await size()).toBe(0);
    });
  });
}
