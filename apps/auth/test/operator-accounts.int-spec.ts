import { MemorySessionRecords } from '@larder/cache/session';
import { auth } from '@larder/contracts';
import { borrowDatabase, type Borrowed } from '../../../tools/services/index.js';
import { AccountRefused, OperatorAccounts } from '../src/accounts/operator-accounts.js';
import { PASSWORD, startUnderTest } from './auth-under-test.js';

let database: Borrowed;
let accounts: OperatorAccounts;

beforeAll(async () => {
  database = await borrowDatabase();
  accounts = await OperatorAccounts.open(database.url);
});

afterAll(async () => {
  await accounts.close();
  await database.release();
});

it('are made with a role, refused twice or with a weak password, and lose their sessions with their roles', async () => {
  const request = { email: 'Ed@Larder.example', password: PASSWORD, roles: ['editor' as const] };
  await accounts.create(request);
  await expect(accounts.create(request)).rejects.toThrow(/has an account already/);
  await expect(
    accounts.create({ ...request, email: 'ed2@larder.example', password: 'larderlarderlarder' }),
  ).rejects.toThrow(AccountRefused);
  await expect(accounts.setRoles({ email: 'nobody@larder.example', roles: ['editor'] })).rejects.toThrow(/no account/);

  let now = Date.now();
  const sessions = new MemorySessionRecords(() => now);
  const service = await startUnderTest({ DATABASE_URL: database.url, RUN_MIGRATIONS: 'false' }, { sessions });
  try {
    const secret = await service.login('ed@larder.example');
    const roles = async (of: string) => (await service.call(auth.validate, { secret: of })).principal?.roles;
    expect(await roles(secret)).toEqual(['editor']);
    await accounts.setRoles({ email: 'ed@larder.example', roles: ['customer'] });
    now += 60_000;
    expect(await roles(secret)).toBeUndefined();
    expect(await roles(await service.login('ed@larder.example'))).toEqual(['customer']);
  } finally {
    await service.close();
  }
});

it('end the sessions of one account, or of all, and of no unknown one', async () => {
  let now = Date.now();
  const sessions = new MemorySessionRecords(() => now);
  const service = await startUnderTest({ DATABASE_URL: database.url, RUN_MIGRATIONS: 'false' }, { sessions });
  try {
    const [one, other] = [await service.register(), await service.register()];
    const [secret, another] = [await service.login(one), await service.login(other)];
    const isSignedIn = async (of: string) => (await service.call(auth.validate, { secret: of })).principal !== null;

    expect(await accounts.signOut(one)).toBe(1);
    now += 60_000;
    expect([await isSignedIn(secret), await isSignedIn(another)]).toEqual([false, true]);

    expect(await accounts.signOut(null)).toBeGreaterThan(1);
    now += 60_000;
    expect(await isSignedIn(another)).toBe(false);
    await expect(accounts.signOut('nobody@larder.example')).rejects.toThrow(/no account/);
  } finally {
    await service.close();
  }
});
