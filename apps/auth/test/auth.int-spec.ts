import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { MemorySessionRecords } from '@larder/cache/session';
import { auth } from '@larder/contracts';
import { borrowDatabase, freePort, query, type Borrowed } from '../../../tools/services/index.js';
import { DEMO_ACCOUNTS } from '../src/accounts/demo-accounts.js';
import { PASSWORD, startUnderTest, type AuthUnderTest } from './auth-under-test.js';

/** Records that let a test act at the moment when a session is about to be created, or spared, or a cart written. */
class WatchedRecords extends MemorySessionRecords {
  beforeCreate: (() => Promise<unknown>) | null = null;
  beforeWrite: (() => Promise<unknown>) | null = null;
  beforeAdopt: (() => Promise<unknown>) | null = null;

  override async create(...args: Parameters<MemorySessionRecords['create']>): Promise<boolean> {
    const act = this.beforeCreate;
    this.beforeCreate = null;
    await act?.();
    return super.create(...args);
  }

  override async writeCart(
    ...args: Parameters<MemorySessionRecords['writeCart']>
  ): ReturnType<MemorySessionRecords['writeCart']> {
    const act = this.beforeWrite;
    this.beforeWrite = null;
    await act?.();
    return super.writeCart(...args);
  }

  override async adoptGeneration(...args: Parameters<MemorySessionRecords['adoptGeneration']>): Promise<void> {
    const act = this.beforeAdopt;
    this.beforeAdopt = null;
    await act?.();
    return super.adoptGeneration(...args);
  }
}

const MINUTE = 60_000;
const OTHER_PASSWORD = 'the-orchard-is-far-away';

let database: Borrowed;
let service: AuthUnderTest;
let now = Date.now();
const sessions = new WatchedRecords(() => now);

beforeAll(async () => {
  database = await borrowDatabase();
  const variables = { DATABASE_URL: database.url, DEMO_ACCOUNTS: 'true' };
  service = await startUnderTest(variables, { sessions }, await freePort());
});

afterAll(async () => {
  await service.close();
  await database.release();
});

const line = (quantity = 1) => ({ productId: randomUUID(), quantity });
const principalOf = async (secret: string) => (await service.call(auth.validate, { secret })).principal;
const signedInSecret = async () => service.login(await service.register());

describe('accounts', () => {
  it('register, sign in, are told who they are, sign out', async () => {
    const email = await service.register();
    const { account, cookie } = await service.call(auth.login, {
      email: ` ${email.toUpperCase()} `,
      password: PASSWORD,
      secret: null,
      device: 'a browser',
    });
    expect(account).toMatchObject({ email, roles: ['customer'] });
    const secret = cookie?.secret ?? '';
    expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(await service.call(auth.me, { secret })).toEqual({ account });
    expect(await principalOf(secret)).toMatchObject({ accountId: account.id, roles: ['customer'] });
    expect(await service.call(auth.logout, { secret })).toEqual({ cookie: { secret: null } });
    expect(await principalOf(secret)).toBeNull();
    expect((await service.refusal(auth.me, { secret })).code).toBe('SESSION_REQUIRED');
  });

  it('answer alike for a known address, and keep the first password', async () => {
    const email = await service.register();
    expect(await service.call(auth.register, { email, password: OTHER_PASSWORD })).toBeNull();
    expect(
      (await service.refusal(auth.login, { email, password: OTHER_PASSWORD, secret: null, device: '' })).code,
    ).toBe('CREDENTIALS_REFUSED');
    await service.login(email);
  });

  it('are one when twenty register one address at once', async () => {
    const email = `${randomUUID()}@example.com`;
    await Promise.all(Array.from({ length: 20 }, () => service.call(auth.register, { email, password: PASSWORD })));
    expect(await query(database.url, `SELECT count(*)::int AS n FROM auth.users WHERE email = '${email}'`)).toEqual([
      { n: 1 },
    ]);
  });

  it('refuse a weak password, naming the field', async () => {
    const email = `${randomUUID()}@example.com`;
    const refused = await service.refusal(auth.register, { email, password: 'passwordpassword' });
    expect([refused.code, refused.issues?.[0]?.path]).toEqual(['PASSWORD_REFUSED', 'password']);
    expect((await service.refusal(auth.register, { email, password: 'short' })).code).toBe('BAD_INPUT');
  });

  it('refuse an unknown address as they refuse a wrong password, and no faster', async () => {
    const email = await service.register();
    const attempt = async (address: string) => {
      const began = performance.now();
      const refused = await service.refusal(auth.login, { email: address, password: 'x', secret: null, device: '' });
      return { text: `${refused.code} ${refused.message}`, ms: performance.now() - began };
    };
    const median = (all: { ms: number }[]) => all.map(({ ms }) => ms).toSorted((a, b) => a - b)[3] ?? 0;
    const [known, unknown] = [[] as Awaited<ReturnType<typeof attempt>>[], [] as Awaited<ReturnType<typeof attempt>>[]];
    for (let count = 0; count < 7; count++) {
      known.push(await attempt(email));
      unknown.push(await attempt(`${randomUUID()}@example.com`));
    }
    expect(new Set([...known, ...unknown].map(({ text }) => text)).size).toBe(1);
    expect(median(unknown)).toBeGreaterThan(median(known) / 2);
  });

  it('store an argon2id hash, never the password', async () => {
    const email = await service.register();
    const rows = await query(database.url, `SELECT * FROM auth.users WHERE email = '${email}'`);
    expect(JSON.stringify(rows)).toContain('$argon2id$v=19$m=19456,t=2,p=1$');
    expect(JSON.stringify(rows)).not.toContain(PASSWORD);
  });

  it('include the demo accounts when asked for', async () => {
    for (const { email, password, roles } of DEMO_ACCOUNTS) {
      expect(password.length).toBeGreaterThanOrEqual(15);
      expect((await principalOf(await service.login(email, { password })))?.roles).toEqual(roles);
    }
  });

  it('are refused after 10 wrong passwords from one address, in parallel too; others are not', async () => {
    const email = await service.register();
    const attempt = (address: string) =>
      service.refusal(auth.login, { email, password: 'wrong', secret: null, device: '', address });
    const codes = (await Promise.all(Array.from({ length: 15 }, () => attempt('10.0.0.1')))).map(({ code }) => code);
    expect(codes.filter((code) => code === 'CREDENTIALS_REFUSED')).toHaveLength(10);
    const refused = await attempt('10.0.0.1');
    expect(refused.code).toBe('TOO_MANY_ATTEMPTS');
    expect(refused.retryAfterSeconds).toBeGreaterThan(0);
    await service.login(email, { address: '10.0.0.2' });
  });

  it('get the attempt back for a right password', async () => {
    const email = await service.register();
    for (let count = 0; count < 12; count++) await service.login(email, { address: '10.0.0.3' });
  });

  it('answer OVERLOADED when more than 34 sign in at once, and lose no attempt by it', async () => {
    const email = await service.register();
    const attempts = Array.from({ length: 60 }, (_, at) =>
      service.login(email, { address: `10.1.0.${at}` }).then(
        () => 'in',
        (error: unknown) => (error as { code: string }).code,
      ),
    );
    const outcomes = await Promise.all(attempts);
    expect(outcomes.filter((outcome) => outcome === 'in').length).toBeGreaterThanOrEqual(34);
    expect(new Set(outcomes)).toEqual(new Set(['in', 'OVERLOADED']));
  });
});

describe('a password change', () => {
  it('ends the other sessions, changes the secret, and needs the current password', async () => {
    const email = await service.register();
    const [secret, other] = [await service.login(email), await service.login(email)];
    const change = { secret, currentPassword: PASSWORD, newPassword: OTHER_PASSWORD };
    expect((await service.refusal(auth.changePassword, { ...change, currentPassword: 'no' })).code).toBe(
      'CREDENTIALS_REFUSED',
    );
    const weak = await service.refusal(auth.changePassword, { ...change, newPassword: 'larder-larder-larder' });
    expect([weak.code, weak.issues?.[0]?.path]).toEqual(['PASSWORD_REFUSED', 'newPassword']);
    const { cookie } = await service.call(auth.changePassword, change);
    expect(await principalOf(cookie?.secret ?? '')).not.toBeNull();
    expect(await principalOf(secret)).toBeNull();
    expect(await principalOf(other)).toBeNull();
    await service.login(email, { password: OTHER_PASSWORD });
    expect((await service.refusal(auth.login, { email, password: PASSWORD, secret: null, device: '' })).code).toBe(
      'CREDENTIALS_REFUSED',
    );
  });

  it('that overtakes a sign-in with the old password leaves no session of it', async () => {
    const email = await service.register();
    const secret = await service.login(email);
    const change = { secret, currentPassword: PASSWORD, newPassword: OTHER_PASSWORD };
    let fresh = '';
    sessions.beforeCreate = async () => {
      fresh = (await service.call(auth.changePassword, change)).cookie?.secret ?? '';
    };
    const late = await service.refusal(auth.login, { email, password: PASSWORD, secret: null, device: '' });
    expect(late.code).toBe('CREDENTIALS_REFUSED');
    const { items } = await service.call(auth.listSessions, { secret: fresh });
    expect(items).toHaveLength(1);
  });

  it('leaves no session of the old password, however it races with sign-ins', async () => {
    const email = await service.register();
    const secret = await service.login(email);
    const logins = Array.from({ length: 6 }, () => service.login(email).catch(() => ''));
    const { cookie } = await service.call(auth.changePassword, {
      secret,
      currentPassword: PASSWORD,
      newPassword: OTHER_PASSWORD,
    });
    for (const raced of await Promise.all(logins)) expect(await principalOf(raced)).toBeNull();
    expect(await principalOf(cookie?.secret ?? '')).not.toBeNull();
  });
});

describe('sessions', () => {
  it('are listed without secrets, and the current one is marked', async () => {
    const email = await service.register();
    const [first, second] = [await service.login(email), await service.login(email)];
    const { items } = await service.call(auth.listSessions, { secret: second });
    expect(items.map(({ device, current }) => [device, current])).toEqual([
      ['a test', false],
      ['a test', true],
    ]);
    expect(JSON.stringify(items)).not.toContain(first);
  });

  it('end one by one, and never those of others', async () => {
    const email = await service.register();
    const [mine, phone] = [await service.login(email), await service.login(email)];
    const stranger = await signedInSecret();
    const id = (await principalOf(phone))?.sessionId ?? '';
    expect((await service.refusal(auth.revokeSession, { secret: stranger, id })).code).toBe('SESSION_NOT_FOUND');
    expect(await service.call(auth.revokeSession, { secret: mine, id })).toEqual({});
    expect(await principalOf(phone)).toBeNull();
    expect((await service.refusal(auth.revokeSession, { secret: mine, id })).code).toBe('SESSION_NOT_FOUND');
    now += MINUTE; // the generation is checked now
    expect(await principalOf(mine)).not.toBeNull();
    const own = (await principalOf(mine))?.sessionId ?? '';
    expect(await service.call(auth.revokeSession, { secret: mine, id: own })).toEqual({ cookie: { secret: null } });
    expect(await principalOf(mine)).toBeNull();
  });

  it('end another only within 10 minutes of the password, and themselves at any time', async () => {
    const email = await service.register();
    const [mine, phone] = [await service.login(email), await service.login(email)];
    const [own, other] = [(await principalOf(mine))?.sessionId ?? '', (await principalOf(phone))?.sessionId ?? ''];
    now += 10 * MINUTE + 1;
    const late = await service.refusal(auth.revokeSession, { secret: mine, id: other });
    expect(late.code).toBe('REAUTHENTICATION_REQUIRED');
    expect(await principalOf(phone)).not.toBeNull();
    expect(await service.call(auth.revokeSession, { secret: mine, id: own })).toEqual({ cookie: { secret: null } });
  });

  it('end all others, or all, within 10 minutes of the password', async () => {
    const email = await service.register();
    const [mine, phone] = [await service.login(email), await service.login(email)];
    await service.call(auth.revokeSessions, { secret: mine, includeCurrent: false });
    expect([await principalOf(mine), await principalOf(phone)]).toEqual([expect.anything(), null]);
    now += 10 * MINUTE + 1;
    const late = await service.refusal(auth.revokeSessions, { secret: mine, includeCurrent: true });
    expect(late.code).toBe('REAUTHENTICATION_REQUIRED');
    expect((await service.refusal(auth.reauthenticate, { secret: mine, password: 'no' })).code).toBe(
      'CREDENTIALS_REFUSED',
    );
    const { cookie } = await service.call(auth.reauthenticate, { secret: mine, password: PASSWORD });
    const fresh = cookie?.secret ?? '';
    expect(await principalOf(mine)).toBeNull();
    expect(await service.call(auth.revokeSessions, { secret: fresh, includeCurrent: true })).toEqual({
      cookie: { secret: null },
    });
    expect(await principalOf(fresh)).toBeNull();
  });

  it('begin although others are ended at that moment, and outlive that', async () => {
    const email = await service.register();
    const other = await service.login(email);
    sessions.beforeCreate = () => service.call(auth.revokeSessions, { secret: other, includeCurrent: true });
    const secret = await service.login(email);
    expect([await principalOf(other), await principalOf(secret)]).toEqual([null, expect.anything()]);
    now += MINUTE; // the generation is checked now
    expect(await principalOf(secret)).not.toBeNull();
  });

  it('outlive others that sign out at the same time, in whatever order these spare them', async () => {
    const email = await service.register();
    const [one, spared, two] = [await service.login(email), await service.login(email), await service.login(email)];
    sessions.beforeAdopt = () => service.call(auth.logout, { secret: two });
    await service.call(auth.logout, { secret: one });
    now += MINUTE; // the generation is checked now
    expect(await principalOf(spared)).not.toBeNull();
  });

  it('outlive a check between a revocation and its word that it spares them', async () => {
    const email = await service.register();
    const [other, spared] = [await service.login(email), await service.login(email)];
    let checked: Promise<unknown> | undefined;
    sessions.beforeAdopt = async () => {
      now += MINUTE; // the generation is checked now
      checked = principalOf(spared);
      await Promise.race([checked, pause(100)]);
    };
    await service.call(auth.logout, { secret: other });
    expect(await checked).not.toBeNull();
  });

  it('renew their secret by the answer of any call, which still works while it is refused', async () => {
    const secret = await signedInSecret();
    now += 15 * MINUTE;
    const stale = { secret, expectedVersion: 9, changes: { theme: 'dark' as const } };
    expect((await service.refusal(auth.updatePreferences, stale)).code).toBe('VERSION_CONFLICT');
    const { cookie } = await service.call(auth.me, { secret });
    expect(cookie?.secret).toMatch(new RegExp(`^${secret}\\.`));
    expect((await service.call(auth.me, { secret })).cookie).toBeUndefined();
    now += 31_000;
    expect(await principalOf(secret)).toBeNull(); // a replay: the session is over
    expect(await principalOf(cookie?.secret ?? '')).toBeNull();
  });

  it('of a demoted editor end, and cannot be kept by ending others or by the password', async () => {
    const email = await service.register();
    const change = (set: string) => query(database.url, `UPDATE auth.users SET ${set} WHERE email = '${email}'`);
    await change(`roles = '{editor}'`);
    const [spared, one, all] = [await service.login(email), await service.login(email), await service.login(email)];
    const [password, again] = [await service.login(email), await service.login(email)];
    const idOf = async (secret: string) => (await principalOf(secret))?.sessionId ?? '';
    const id = await idOf(spared);
    await change(`roles = '{customer}', session_generation = session_generation + 1`);
    const fresh = await service.login(email);
    const passwords = { currentPassword: PASSWORD, newPassword: OTHER_PASSWORD };
    const refusals = [
      await service.call(auth.revokeSession, { secret: one, id }).catch((error: unknown) => error),
      await service.call(auth.revokeSessions, { secret: all, includeCurrent: false }).catch((error: unknown) => error),
      await service.call(auth.reauthenticate, { secret: again, password: PASSWORD }).catch((error: unknown) => error),
      await service.call(auth.changePassword, { secret: password, ...passwords }).catch((error: unknown) => error),
    ];
    expect(refusals.map((refusal) => (refusal as { code?: string }).code)).toEqual(Array(4).fill('SESSION_REQUIRED'));
    const phone = await service.login(email);
    await service.call(auth.revokeSession, { secret: fresh, id: await idOf(phone) });
    now += MINUTE; // the generation is checked now
    expect(await principalOf(spared)).toBeNull();
    expect(await principalOf(fresh)).toMatchObject({ roles: ['customer'] });
  });

  it('that a failover brought back end at their next check', async () => {
    const email = await service.register();
    const secret = await service.login(email);
    await query(database.url, `UPDATE auth.users SET session_generation = 2 WHERE email = '${email}'`);
    expect(await principalOf(secret)).not.toBeNull();
    now += MINUTE;
    expect(await principalOf(secret)).toBeNull();
    expect(await principalOf(secret)).toBeNull();
  });

  it('do not exist for made-up secrets', async () => {
    for (const secret of [null, '', 'x', 'a'.repeat(43), '\0', 'é'.repeat(200)]) {
      expect(await service.call(auth.validate, { secret })).toEqual({ principal: null });
      expect(await service.call(auth.getCart, { secret })).toEqual({ lines: [] });
      expect((await service.refusal(auth.listSessions, { secret })).code).toBe('SESSION_REQUIRED');
    }
  });
});

describe('preferences', () => {
  it('begin with defaults, and change by version', async () => {
    const secret = await signedInSecret();
    expect((await service.call(auth.getPreferences, { secret })).preferences).toEqual({
      locale: 'en',
      currency: 'INR',
      theme: 'system',
      version: 1,
    });
    const changes = { theme: 'dark' as const, locale: 'en-GB' };
    const { preferences } = await service.call(auth.updatePreferences, { secret, expectedVersion: 1, changes });
    expect(preferences).toEqual({ locale: 'en-GB', currency: 'INR', theme: 'dark', version: 2 });
    expect((await service.refusal(auth.updatePreferences, { secret, expectedVersion: 1, changes })).code).toBe(
      'VERSION_CONFLICT',
    );
  });

  it('let one of ten parallel changes of one version win', async () => {
    const secret = await signedInSecret();
    const change = () =>
      service.call(auth.updatePreferences, { secret, expectedVersion: 1, changes: { theme: 'light' } }).then(
        () => 1,
        () => 0,
      );
    const won: number[] = await Promise.all(Array.from({ length: 10 }, change));
    expect(won.reduce((sum, one) => sum + one, 0)).toBe(1);
  });
});

describe('carts', () => {
  it('of nobody are empty, and begin with the first line', async () => {
    expect(await service.call(auth.removeFromCart, { secret: null, productId: randomUUID() })).toEqual({ lines: [] });
    const first = line(2);
    const { lines, cookie } = await service.call(auth.addToCart, { secret: null, ...first });
    expect(lines).toEqual([first]);
    const secret = cookie?.secret ?? '';
    expect(await service.call(auth.getCart, { secret })).toEqual({ lines: [first], versions: {} });
    expect(await principalOf(secret)).toBeNull();
    expect((await service.call(auth.setCartLine, { secret, ...first, quantity: 7 })).lines).toEqual([
      { ...first, quantity: 7 },
    ]);
    expect((await service.call(auth.clearCart, { secret })).lines).toEqual([]);
  });

  it('start a fresh anonymous session for a dead secret, and never bring the old one back', async () => {
    const secret = (await service.call(auth.addToCart, { secret: null, ...line() })).cookie?.secret ?? '';
    await service.call(auth.logout, { secret });
    const { cookie, lines } = await service.call(auth.addToCart, { secret, ...line() });
    expect(lines).toHaveLength(1);
    expect(cookie?.secret).not.toBe(secret);
    expect((await service.call(auth.getCart, { secret })).lines).toEqual([]);
  });

  it('survive the sign-in, on all devices, and add up to 99', async () => {
    const email = await service.register();
    const [apple, pear, plum] = [line(60), line(2), line(3)];
    const phone = await service.login(email);
    await service.call(auth.addToCart, { secret: phone, ...apple });
    const guest = (await service.call(auth.addToCart, { secret: null, ...apple })).cookie?.secret ?? '';
    await service.call(auth.addToCart, { secret: guest, ...pear });
    await service.call(auth.addToCart, { secret: guest, ...plum });
    const secret = await service.login(email, { secret: guest });
    const expected = [{ ...apple, quantity: 99 }, pear, plum].toSorted((a, b) => (a.productId < b.productId ? -1 : 1));
    expect((await service.call(auth.getCart, { secret })).lines).toEqual(expected);
    expect((await service.call(auth.getCart, { secret: phone })).lines).toEqual(expected);
  });

  it('give a write that a sign-in overtakes no session of its own: its cookie would replace the one of the sign-in', async () => {
    const email = await service.register();
    const guest = (await service.call(auth.addToCart, { secret: null, ...line() })).cookie?.secret ?? '';
    let secret = '';
    sessions.beforeWrite = async () => (secret = await service.login(email, { secret: guest }));
    expect((await service.refusal(auth.addToCart, { secret: guest, ...line() })).code).toBe('SESSION_REQUIRED');
    expect((await service.refusal(auth.addToCart, { secret: guest, ...line() })).code).toBe('SESSION_REQUIRED');
    expect(await service.refusal(auth.getCart, { secret: guest })).toMatchObject({
      code: 'SESSION_REQUIRED',
      detail: expect.stringContaining('was replaced') as string,
    });
    expect((await service.call(auth.getCart, { secret })).lines).toHaveLength(1);
  });

  it('keep 50 parallel adds, and refuse the 101st line', async () => {
    const secret = await signedInSecret();
    await Promise.all(Array.from({ length: 50 }, () => service.call(auth.addToCart, { secret, ...line() })));
    expect((await service.call(auth.getCart, { secret })).lines).toHaveLength(50);
    await Promise.all(Array.from({ length: 50 }, () => service.call(auth.addToCart, { secret, ...line() })));
    expect((await service.refusal(auth.addToCart, { secret, ...line() })).code).toBe('CART_FULL');
    expect((await service.call(auth.getCart, { secret })).lines).toHaveLength(100);
  });

  it('refuse a secret that was just replaced: neither look empty nor start another session for it', async () => {
    const secret = await signedInSecret();
    await service.call(auth.reauthenticate, { secret, password: PASSWORD });
    expect((await service.refusal(auth.getCart, { secret })).code).toBe('SESSION_REQUIRED');
    expect((await service.refusal(auth.addToCart, { secret, ...line() })).code).toBe('SESSION_REQUIRED');
  });
});

describe('the memory of a session', () => {
  const made = (version: number) => ({ [`product-${randomUUID()}`]: version });
  const recalled = async (secret: string) => (await service.call(auth.recall, { secrets: [secret] })).versions[0];

  it('holds what its own changes made, and is told with its cart', async () => {
    const [secret, other] = [await signedInSecret(), await signedInSecret()];
    const [first, second] = [made(57), made(61)];
    for (const versions of [first, second]) expect(await service.call(auth.remember, { secret, versions })).toBeNull();
    const all = { ...first, ...second };
    expect([await recalled(secret), await recalled(other)]).toEqual([all, {}]);
    for (const call of [auth.getCart, auth.clearCart]) {
      expect(await service.call(call, { secret })).toEqual({ lines: [], versions: all });
    }
  });

  it('ends with the session, and makes none', async () => {
    const secret = await signedInSecret();
    await service.call(auth.logout, { secret });
    for (const nobody of [secret, 'x'.repeat(43), '']) {
      await service.call(auth.remember, { secret: nobody, versions: made(1) });
      expect(await recalled(nobody)).toEqual({});
    }
    expect(await principalOf(secret)).toBeNull();
  });

  it('takes nothing but versions of what has some', async () => {
    const secret = await signedInSecret();
    const many = Object.fromEntries(Array.from({ length: 129 }, () => Object.entries(made(1))[0]!));
    for (const versions of [{ 'order-1': 1 }, { 'product-1': 1 }, made(0), many]) {
      expect((await service.refusal(auth.remember, { secret, versions })).code).toBe('BAD_INPUT');
    }
    expect(await recalled(secret)).toEqual({});
  });
});

describe('operations', () => {
  it('report health and count sessions', async () => {
    const at = (path: string) => fetch(`http://127.0.0.1:${service.opsPort}${path}`);
    expect(await (await at('/readyz')).json()).toEqual({ status: 'up', checks: { postgres: 'up' } });
    const metrics = await (await at('/metrics')).text();
    for (const result of ['live', 'anonymous', 'none', 'replayed', 'outdated', 'signed_in', 'signed_out', 'revoked']) {
      expect(metrics).toMatch(new RegExp(`larder_sessions_total\\{result="${result}"\\} [1-9]`));
    }
  });
});
