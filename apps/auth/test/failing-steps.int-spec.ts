import { SessionStoreUnavailable, MemorySessionRecords, type IndexEntry } from '@larder/cache/session';
import { auth } from '@larder/contracts';
import { borrowDatabase, query, type Borrowed } from '../../../tools/services/index.js';
import { PASSWORD, startUnderTest, type AuthUnderTest } from './auth-under-test.js';

/** Records whose index cannot be read while `isAway`, and which let a test act when a session has just begun. */
class BrokenRecords extends MemorySessionRecords {
  isAway = false;
  afterCreate: (() => Promise<unknown>) | null = null;

  override async create(...args: Parameters<MemorySessionRecords['create']>): Promise<boolean> {
    const created = await super.create(...args);
    await this.afterCreate?.();
    return created;
  }

  override listed(accountId: string): Promise<IndexEntry[]> {
    return this.isAway ? Promise.reject(new SessionStoreUnavailable('list')) : super.listed(accountId);
  }
}

const NEW_PASSWORD = 'the-orchard-is-far-away';

let database: Borrowed;
let service: AuthUnderTest;
const sessions = new BrokenRecords();

beforeAll(async () => {
  database = await borrowDatabase();
  service = await startUnderTest({ DATABASE_URL: database.url }, { sessions });
});

afterAll(async () => {
  await service.close();
  await database.release();
});

afterEach(() => {
  sessions.isAway = false;
  sessions.afterCreate = null;
});

const isLive = async (secret: string): Promise<boolean> =>
  (await service.call(auth.validate, { secret })).principal !== null;

describe('a password change whose other sessions cannot be found', () => {
  it('hands out the fresh secret all the same, and ends the others at their next check', async () => {
    const email = await service.register();
    const [secret, other] = [await service.login(email), await service.login(email)];
    sessions.isAway = true;
    const change = { secret, currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
    const { cookie } = await service.call(auth.changePassword, change);
    const fresh = cookie?.secret ?? '';
    expect(await isLive(fresh)).toBe(true);
    sessions.isAway = false;
    const refused = await service.refusal(auth.revokeSessions, { secret: other, includeCurrent: false });
    expect(refused.code).toBe('SESSION_REQUIRED'); // a call that verifies
    expect(await isLive(other)).toBe(false);
    expect(await isLive(fresh)).toBe(true);
  });
});

describe('a sign-in during which sessions are revoked each time', () => {
  it('is told to come back, not that the password is wrong, and leaves no session', async () => {
    const email = await service.register();
    const before = await service.login(email);
    const accountId = (await service.call(auth.validate, { secret: before })).principal?.accountId ?? '';
    let attempts = 0;
    sessions.afterCreate = () => {
      attempts += 1;
      const raise = 'UPDATE auth.users SET session_generation = session_generation + 1';
      return query(database.url, `${raise} WHERE email = '${email}'`);
    };
    const login = { email, password: PASSWORD, secret: null, device: 'a test' };
    expect((await service.refusal(auth.login, login)).code).toBe('UNAVAILABLE');
    expect(attempts).toBe(3);
    expect(await sessions.listed(accountId)).toHaveLength(1);
  });
});

describe('a sign-in whose account cannot be read again', () => {
  it('is refused, and leaves no session that nobody has the secret of', async () => {
    const email = await service.register();
    const before = await service.login(email);
    sessions.afterCreate = () => query(database.url, 'ALTER TABLE auth.users RENAME TO users_away');
    const login = { email, password: PASSWORD, secret: null, device: 'a test' };
    await service.refusal(auth.login, login);
    sessions.afterCreate = null;
    await query(database.url, 'ALTER TABLE auth.users_away RENAME TO users');
    const { items } = await service.call(auth.listSessions, { secret: before });
    expect(items).toHaveLength(1);
  });
});
