import { hash } from '@node-rs/argon2';
import { MemorySessionRecords } from '@larder/cache/session';
import { auth } from '@larder/contracts';
import { borrowDatabase, query, type Borrowed } from '../../../tools/services/index.js';
import { DataSource } from 'typeorm';
import { TypeOrmAccountRepository } from '../src/accounts/typeorm-account-repository.js';
import { dataSourceOptions } from '../src/database/data-source-options.js';
import { PASSWORD, startUnderTest, type AuthUnderTest } from './auth-under-test.js';

const ARGON2I = 1;
const TODAY = '$argon2id$v=19$m=19456,t=2,p=1$';

let database: Borrowed;
let service: AuthUnderTest;

beforeAll(async () => {
  database = await borrowDatabase();
  service = await startUnderTest({ DATABASE_URL: database.url }, { sessions: new MemorySessionRecords() });
});

afterAll(async () => {
  await service.close();
  await database.release();
});

interface Row {
  readonly id: string;
  readonly hash: string;
  readonly generation: number;
}

const rowOf = async (email: string): Promise<Row> => {
  const columns = 'id, password_hash AS hash, session_generation AS generation';
  const rows = await query(database.url, `SELECT ${columns} FROM auth.users WHERE email = '${email}'`);
  return rows[0] as unknown as Row;
};
/** An account whose password was hashed in another time. */
const oldAccount = async (options: Parameters<typeof hash>[1]): Promise<{ email: string; old: string }> => {
  const email = await service.register();
  const old = await hash(PASSWORD, options);
  await query(database.url, `UPDATE auth.users SET password_hash = '${old}' WHERE email = '${email}'`);
  return { email, old };
};

describe('an old hash', () => {
  it.each([
    ['of less memory', { memoryCost: 8_192, timeCost: 2, parallelism: 1 }],
    ['of more time', { memoryCost: 19_456, timeCost: 3, parallelism: 1 }],
    ['of another algorithm', { algorithm: ARGON2I, memoryCost: 19_456, timeCost: 2, parallelism: 1 }],
  ])('%s is replaced at the next sign-in, which ends no session', async (_, options) => {
    const { email, old } = await oldAccount(options);
    const secret = await service.login(email);
    const renewed = await rowOf(email);
    expect([renewed.hash.startsWith(TODAY), renewed.generation]).toEqual([true, 1]);
    await service.login(email);
    expect((await rowOf(email)).hash).toBe(renewed.hash);
    expect(old).not.toBe(renewed.hash);
    expect((await service.call(auth.validate, { secret })).principal).not.toBeNull();
  });

  it('is replaced when the password is given again, and not for a wrong one', async () => {
    const { email, old } = await oldAccount({ memoryCost: 8_192 });
    await service.refusal(auth.login, { email, password: 'wrong', secret: null, device: '' });
    expect((await rowOf(email)).hash).toBe(old);
    const secret = await service.login(email);
    await query(database.url, `UPDATE auth.users SET password_hash = '${old}' WHERE email = '${email}'`);
    await service.call(auth.reauthenticate, { secret, password: PASSWORD });
    expect((await rowOf(email)).hash).toMatch(TODAY);
  });

  it('lets its owner in although it cannot be replaced', async () => {
    const { email, old } = await oldAccount({ memoryCost: 8_192 });
    await query(
      database.url,
      `CREATE FUNCTION auth.keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'kept'; END $$;
       CREATE TRIGGER keep BEFORE UPDATE OF password_hash ON auth.users EXECUTE FUNCTION auth.keep()`,
    );
    try {
      const secret = await service.login(email);
      expect((await service.call(auth.me, { secret })).account.email).toBe(email);
      expect((await rowOf(email)).hash).toBe(old);
    } finally {
      await query(database.url, 'DROP TRIGGER keep ON auth.users; DROP FUNCTION auth.keep');
    }
  });

  it('is replaced only while it is the one that was verified', async () => {
    const { email, old } = await oldAccount({ memoryCost: 8_192 });
    const options = dataSourceOptions({ url: database.url, statementTimeoutMs: 1_000, poolSize: 1 });
    const source = await new DataSource(options).initialize();
    try {
      const accounts = new TypeOrmAccountRepository(source);
      const { id } = await rowOf(email);
      expect(await accounts.renewHash(id, 'changed meanwhile', 'another')).toBe(false);
      expect((await rowOf(email)).hash).toBe(old);
      expect(await accounts.renewHash(id, old, 'another')).toBe(true);
      expect(await rowOf(email)).toMatchObject({ hash: 'another', generation: 1 });
    } finally {
      await source.destroy();
    }
  });
});
