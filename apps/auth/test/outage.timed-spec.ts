import { auth } from '@larder/contracts';
import {
  borrowDatabase,
  fastest,
  freePort,
  query,
  startPostgres,
  startRedis,
  until,
  type Borrowed,
  type Server,
} from '../../../tools/services/index.js';
import { loadConfig } from '../src/config.js';
import { startAuth } from '../src/start-auth.js';
import { PASSWORD, startUnderTest, type AuthUnderTest } from './auth-under-test.js';
import { MemorySessionRecords } from '@larder/cache/session';

const PRODUCT = '3d2c0f5e-3c4b-4a8e-9f10-1a2b3c4d5e6f';

describe('without Redis', () => {
  let database: Borrowed;
  let redis: Server;
  let service: AuthUnderTest;

  beforeAll(async () => {
    [database, redis] = await Promise.all([borrowDatabase(), startRedis({ persistent: true })]);
    const variables = { DATABASE_URL: database.url, REDIS_HOST: redis.host, REDIS_PORT: String(redis.port) };
    service = await startUnderTest(variables, {}, await freePort());
  });

  afterAll(async () => {
    await service.close();
    await redis.stop();
    await database.release();
  });

  const expectUnavailable = async (email: string, secret: string) => {
    const calls = [
      () => service.refusal(auth.validate, { secret }),
      () => service.refusal(auth.me, { secret }),
      () => service.refusal(auth.getCart, { secret }),
      () => service.refusal(auth.recall, { secrets: [secret] }),
      () => service.refusal(auth.addToCart, { secret: null, productId: PRODUCT, quantity: 1 }),
      () => service.refusal(auth.logout, { secret }),
      () => service.refusal(auth.login, { email, password: PASSWORD, secret: null, device: '' }),
      () => service.refusal(auth.register, { email, password: PASSWORD, address: '10.0.0.1' }),
    ];
    for (const call of calls) {
      const refusing = async (): Promise<number> => {
        const beganMs = performance.now();
        expect(await call()).toMatchObject({ code: 'UNAVAILABLE', retryAfterSeconds: 1 });
        return performance.now() - beganMs;
      };
      expect(await fastest(3, 300, refusing)).toBeLessThan(300);
    }
  };
  /** How long after the mending the session was served again, in milliseconds. */
  const recovery = async (secret: string, mend: () => Promise<void>): Promise<number> => {
    await mend();
    const beganMs = performance.now();
    await until('the session is back', 5_000, async () => {
      return (await service.call(auth.validate, { secret })).principal !== null;
    });
    return performance.now() - beganMs;
  };

  it('refuses within 300 ms while Redis stands still or is dead, and serves within a second of its return', async () => {
    const email = await service.register();
    const secret = await service.login(email);
    const ready = async () => (await fetch(`http://127.0.0.1:${service.opsPort}/readyz`)).status;
    expect(await ready()).toBe(200);

    const standingStill = async (): Promise<number> => {
      await redis.pause();
      await expectUnavailable(email, secret);
      expect(await ready()).toBe(503);
      return recovery(secret, () => redis.resume());
    };
    expect(await fastest(3, 1_000, standingStill)).toBeLessThan(1_000);

    const dead = async (): Promise<number> => {
      await redis.kill();
      await expectUnavailable(email, secret);
      return recovery(secret, () => redis.restart());
    };
    expect(await fastest(3, 1_000, dead)).toBeLessThan(1_000);
    expect((await service.call(auth.me, { secret })).account.email).toBe(email);
    expect(await ready()).toBe(200);
  });

  it('limits attempts in Redis, by hashed names', async () => {
    const email = await service.register();
    const attempt = () =>
      service.refusal(auth.login, { email, password: 'no', secret: null, device: '', address: '::1' });
    const codes = (await Promise.all(Array.from({ length: 12 }, attempt))).map(({ code }) => code);
    expect(codes.filter((code) => code === 'TOO_MANY_ATTEMPTS')).toHaveLength(2);
  });
});

describe('without PostgreSQL', () => {
  it('refuses, keeps anonymous carts going, and serves again by itself', async () => {
    const postgres = await startPostgres();
    const variables = { DATABASE_URL: await postgres.createDatabase() };
    const service = await startUnderTest(variables, { sessions: new MemorySessionRecords() });
    try {
      const email = await service.register();
      const secret = await service.login(email);
      await postgres.kill();
      for (const call of [
        () => service.refusal(auth.me, { secret }),
        () => service.refusal(auth.login, { email, password: PASSWORD, secret: null, device: '' }),
      ]) {
        expect(await call()).toMatchObject({ code: 'UNAVAILABLE', retryAfterSeconds: 1 });
      }
      const { lines } = await service.call(auth.addToCart, { secret: null, productId: PRODUCT, quantity: 1 });
      expect(lines).toHaveLength(1);
      await postgres.restart();
      expect((await service.call(auth.me, { secret })).account.email).toBe(email);
    } finally {
      await service.close();
      await postgres.stop();
    }
  });
});

describe('a revocation that the session store has missed', () => {
  it('is found although PostgreSQL was away when it was first looked for', async () => {
    const postgres = await startPostgres();
    const url = await postgres.createDatabase();
    let now = Date.now();
    const service = await startUnderTest({ DATABASE_URL: url }, { sessions: new MemorySessionRecords(() => now) });
    try {
      const secret = await service.login(await service.register());
      await query(url, 'UPDATE auth.users SET session_generation = session_generation + 1');
      await postgres.kill();
      now += 60_000;
      for (let tries = 0; tries < 2; tries++) {
        expect(await service.refusal(auth.validate, { secret })).toMatchObject({ code: 'UNAVAILABLE' });
      }
      await postgres.restart();
      expect((await service.call(auth.validate, { secret })).principal).toBeNull();
    } finally {
      await service.close();
      await postgres.stop();
    }
  });
});

describe('the start', () => {
  const env = {
    DATABASE_URL: 'postgresql://u:pass-word@127.0.0.1:1/larder',
    SERVICE_KEY_GATEWAY_AUTH: 'k'.repeat(40),
    AUTH_DEVICE_KEY: 'd'.repeat(40),
  };

  it('names what is missing or wrong, and no secret', async () => {
    expect(() =>
      loadConfig({ SERVICE_KEY_GATEWAY_AUTH: 'short', AUTH_DEVICE_KEY: 'short', DEMO_ACCOUNTS: 'perhaps' }),
    ).toThrow(/DATABASE_URL[^]*SERVICE_KEY_GATEWAY_AUTH[^]*AUTH_DEVICE_KEY[^]*DEMO_ACCOUNTS/);
    await expect(startAuth(loadConfig(env))).rejects.toThrow(/REDIS_HOST: missing/);
  });

  it('fails without a database, naming it without its password', async () => {
    const config = loadConfig({ ...env, PORT: '0', OPS_PORT: '0', LOG_LEVEL: 'silent' });
    const failure: unknown = await startAuth(config, { sessions: new MemorySessionRecords() }).catch((e: unknown) => e);
    expect(String(failure)).toMatch(/PostgreSQL at 127\.0\.0\.1:1\/larder cannot be used/);
    expect(String(failure)).not.toContain('pass-word');
  });

  it('makes the schema once, however many start at once', async () => {
    const database = await borrowDatabase();
    const twins = { sessions: new MemorySessionRecords() };
    const services = await Promise.all([1, 2, 3].map(() => startUnderTest({ DATABASE_URL: database.url }, twins)));
    await services[0]?.login((await services[1]?.register()) ?? '');
    await Promise.all(services.map((service) => service.close()));
    await database.release();
  });
});
