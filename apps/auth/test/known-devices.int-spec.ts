import { randomUUID } from 'node:crypto';
import { MemorySessionRecords } from '@larder/cache/session';
import { auth } from '@larder/contracts';
import { borrowDatabase, type Borrowed } from '../../../tools/services/index.js';
import { DeviceTokens } from '../src/accounts/device-tokens.js';
import { DEVICE_KEY, PASSWORD, startUnderTest, type AuthUnderTest } from './auth-under-test.js';

const OTHER_PASSWORD = 'the-orchard-is-far-away';

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

/** What the device was given by a sign-in to the account on it. */
const tokenFor = async (email: string): Promise<string> => {
  const answer = await service.call(auth.login, { email, password: PASSWORD, secret: null, device: '' });
  return answer.deviceToken ?? '';
};
const refusedOn = async (email: string, more: { address?: string; deviceToken?: string }) =>
  (await service.refusal(auth.login, { email, password: 'wrong', secret: null, device: '', ...more })).code;
/** Makes all the mistakes that one address may make with one account. */
const useUp = async (email: string, address: string): Promise<void> => {
  for (let count = 0; count < 10; count += 1) {
    expect(await refusedOn(email, { address })).toBe('CREDENTIALS_REFUSED');
  }
};

describe('a known device', () => {
  it('signs in although wrong passwords from its own address have used up the attempts there', async () => {
    const [email, stranger] = [await service.register(), await service.register()];
    const [deviceToken, foreign] = [await tokenFor(email), await tokenFor(stranger)];
    const address = '192.0.2.1';
    await useUp(email, address);
    const made = new DeviceTokens('x'.repeat(32)).issue(email);
    for (const token of [undefined, foreign, made, `${deviceToken}x`, '']) {
      const login = { email, password: PASSWORD, secret: null, device: '', address };
      const refused = await service.refusal(auth.login, {
        ...login,
        ...(token !== undefined && { deviceToken: token }),
      });
      expect([token, refused.code]).toEqual([token, 'TOO_MANY_ATTEMPTS']);
    }
    for (let count = 0; count < 12; count += 1) await service.login(email, { address, deviceToken });
  });

  it('signs in although strangers everywhere have used up what the account allows', async () => {
    const email = await service.register();
    const deviceToken = await tokenFor(email);
    for (let at = 0; at < 10; at += 1) await useUp(email, `192.0.2.${at + 10}`);
    expect(await refusedOn(email, { address: '192.0.2.100' })).toBe('TOO_MANY_ATTEMPTS');
    await service.login(email, { address: '192.0.2.101', deviceToken });
  });

  it('is like any other once it has missed 10 times itself', async () => {
    const email = await service.register();
    const deviceToken = new DeviceTokens(DEVICE_KEY).issue(email);
    const address = '192.0.2.2';
    const codes = [];
    for (let count = 0; count < 21; count += 1) codes.push(await refusedOn(email, { address, deviceToken }));
    expect(codes).toEqual([...Array<string>(20).fill('CREDENTIALS_REFUSED'), 'TOO_MANY_ATTEMPTS']);
    const other = new DeviceTokens(DEVICE_KEY).issue(email);
    await service.login(email, { address, deviceToken: other });
  });

  it('stays known after a change of password', async () => {
    const email = await service.register();
    const { cookie, deviceToken = '' } = await service.call(auth.login, {
      ...{ email, password: PASSWORD, secret: null, device: '' },
    });
    const secret = cookie?.secret ?? '';
    await service.call(auth.changePassword, { secret, currentPassword: PASSWORD, newPassword: OTHER_PASSWORD });
    await useUp(email, '192.0.2.3');
    await service.login(email, { password: OTHER_PASSWORD, address: '192.0.2.3', deviceToken });
  });

  it('means nothing for an address without an account', async () => {
    const email = `${randomUUID()}@example.com`;
    const deviceToken = new DeviceTokens(DEVICE_KEY).issue(email);
    expect(await refusedOn(email, { deviceToken })).toBe('CREDENTIALS_REFUSED');
  });
});

describe('a session that somebody has stolen', () => {
  it('guesses 10 passwords, and keeps the owner from nothing', async () => {
    const email = await service.register();
    const [stolen, own] = [await service.login(email), await service.login(email)];
    const change = { currentPassword: 'wrong', newPassword: OTHER_PASSWORD };
    const guess = async (at: number) =>
      at % 2 === 0
        ? service.refusal(auth.reauthenticate, { secret: stolen, password: 'wrong' })
        : service.refusal(auth.changePassword, { secret: stolen, ...change });
    const codes = [];
    for (let at = 0; at < 12; at += 1) codes.push((await guess(at)).code);
    expect(codes).toEqual([
      ...Array<string>(10).fill('CREDENTIALS_REFUSED'),
      ...Array<string>(2).fill('TOO_MANY_ATTEMPTS'),
    ]);
    await service.login(email);
    const { cookie } = await service.call(auth.reauthenticate, { secret: own, password: PASSWORD });
    const secret = cookie?.secret ?? '';
    await service.call(auth.changePassword, { ...change, secret, currentPassword: PASSWORD });
    expect((await guess(0)).code).toBe('SESSION_REQUIRED');
  });
});
