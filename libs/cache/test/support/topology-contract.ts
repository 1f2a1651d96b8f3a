import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import type { Cluster, Redis } from 'ioredis';
import { until } from '../../../../tools/services/index.js';
import { connectRedis, RedisStore, type RedisSettings } from '../../src/index.js';
import { describeStore } from '../../src/testing/index.js';
import { connect, TopologyClients } from './topology-clients.js';

/** What every way to reach a Redis must do; `settings` are right ones. */
export function describeWay(name: string, settings: () => RedisSettings): void {
  const clients = new TopologyClients();
  let redis: Redis | Cluster;

  beforeAll(async () => {
    redis = await connect(settings());
  });

  afterEach(() => {
    clients.close();
  });

  afterAll(() => {
    redis.disconnect();
  });

  describeStore(
    `RedisStore ${name}`,
    () => ({
      store: new RedisStore(redis),
      key: () => `contract:${randomUUID()}`,
      pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    }),
    {
      describe,
      it,
      equal: (actual, expected) => {
        expect(actual).toEqual(expected);
      },
    },
  );

  it('answers 300 commands at once from the first moment', async () => {
    const fresh = await clients.connect(settings());
    const answers = await Promise.all(Array.from({ length: 300 }, (_, index) => fresh.get(`shop:row:${index}`)));
    expect(answers).toHaveLength(300);
  });

  it('hears on a second connection what a script publishes', async () => {
    const listener = clients.add(connectRedis(settings(), () => undefined));
    await listener.connect();
    await listener.subscribe('shop:heard');
    const heard = new Promise((resolve) =>
      listener.once('message', (_channel, text) => {
        resolve(text);
      }),
    );
    const script = "return redis.call('PUBLISH', 'shop:heard', KEYS[1])";
    await until('published', 2_000, async () => {
      await redis.eval(script, 1, 'shop:row:1');
      return (await Promise.race([heard, sleep(50, null)])) !== null;
    });
    expect(await heard).toBe('shop:row:1');
  });

  it.each([
    ['touch the keys of another service', () => redis.get('other:row:1')],
    ['speak on the channels of others', () => redis.publish('other', 'x')],
    ['empty the server', () => redis.flushall()],
    ['list keys', () => redis.keys('*')],
    ['disconnect others', () => redis.call('CLIENT', 'KILL', 'TYPE', 'normal')],
  ])('may not %s', async (_what, attempt) => {
    await expect(attempt()).rejects.toThrow('NOPERM');
  });

  it('refuses a server that the authority does not vouch for', async () => {
    const errors: string[] = [];
    const given = settings();
    const stranger = clients.add(connectRedis({ ...given, tls: {} }, (error) => errors.push(error.message)));
    stranger.connect().catch(() => undefined);
    // All Sentinels: a client that is disconnected amid a handshake fails with an error that ioredis leaves to nobody.
    const asked = 'sentinels' in given ? given.sentinels.length : 1;
    await until('the certificate was refused', 5_000, async () => {
      return errors.filter((text) => /self.signed/.test(text)).length >= asked;
    });
    expect(stranger.status).not.toBe('ready');
  });

  it('says that a password is wrong, and never the password', async () => {
    const errors: Error[] = [];
    const stranger = clients.add(connectRedis({ ...settings(), password: 'hunter2' }, (error) => errors.push(error)));
    stranger.connect().catch((error: unknown) => errors.push(error as Error));
    await until('the password was refused', 5_000, async () =>
      errors.some(({ message }) => message.startsWith('WRONGPASS')),
    );
    expect(inspect(errors, { depth: null, showHidden: true })).not.toContain('hunter2');
  });
}
