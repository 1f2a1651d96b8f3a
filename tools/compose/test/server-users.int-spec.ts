import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Redis } from 'ioredis';
import { Cache, connectRedis, RedisStore, tag } from '@larder/cache';
import { RedisSessionRecords, SessionStore } from '@larder/cache/session';
import { describeStore } from '@larder/cache/testing';
import { CATALOG_EXCHANGE, CATALOG_SOURCE, catalogEventData, CHANGE_BATCH, stockSpace } from '@larder/contracts';
import { AmqpPublisher } from '@larder/messaging';
import { AttemptLimits } from '../../../apps/auth/src/accounts/attempt-limits.js';
import { SharedCounts } from '../../../apps/gateway/src/limits/shared-counts.js';
import { changesConsumer, SAMPLED_EVENTS, samplesConsumer } from '../../../apps/invalidator/src/topology.js';
import {
  borrowVhost,
  createTempDir,
  manage,
  removeDir,
  startRedis,
  until,
  type BorrowedVhost,
  type Server,
} from '../../services/index.js';

const MAKE_SECRETS = fileURLToPath(new URL('../../../deploy/secrets/make-secrets.mjs', import.meta.url));

let directory: string;
const secret = (path: string): string => readFileSync(join(directory, path), 'utf8');

beforeAll(async () => {
  directory = await createTempDir('secrets');
  execFileSync(process.execPath, [MAKE_SECRETS, directory]);
});

afterAll(async () => {
  await removeDir(directory);
});

async function signIn(server: Server, username: string): Promise<Redis> {
  const { host, port } = server;
  const password = secret(`${username}/redis-password`);
  const redis = connectRedis({ host, port, username, password, commandTimeoutMs: 2_000 }, () => undefined);
  await redis.connect();
  return redis;
}

/** A Redis as the compose file starts it, where the catalog may also use the keys of the store's contract, and of the services that it makes up. */
async function startWithUsers(name: string, persistent = false): Promise<Server> {
  const file = join(directory, `${name}.acl`);
  const users = secret(`${name}/users.acl`).replace('~catalog_service:*', '$& ~contract:* ~catalog_service-*');
  writeFileSync(file, users.replace('&catalog_service:*', '$& &contract:* &catalog_service-*'));
  return startRedis({ persistent, args: ['--aclfile', file] });
}

describe('the users of redis-cache', () => {
  let server: Server;
  let catalog: Redis;
  let invalidator: Redis;
  let gateway: Redis;

  beforeAll(async () => {
    server = await startWithUsers('redis-cache');
    [catalog, invalidator] = [await signIn(server, 'catalog'), await signIn(server, 'invalidator')];
    gateway = await signIn(server, 'gateway');
  });

  afterAll(async () => {
    catalog.disconnect();
    invalidator.disconnect();
    gateway.disconnect();
    await server.stop();
  });

  describeStore(
    'RedisStore as the catalog',
    () => ({
      store: new RedisStore(catalog),
      key: () => `catalog_service:contract:${randomUUID()}`,
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

  it('let the invalidator invalidate', async () => {
    const members = tag('catalog_service', 'members', 'all');
    await catalog.mset('catalog_service:product:1', 'V1KxQ2z"old"', members, 'token');
    const store = new RedisStore(invalidator);
    await store.now();
    await store.invalidate([{ key: 'catalog_service:product:1', version: 2 }], [members], 10_000);
    const { entries, tags } = await new RedisStore(catalog).look(['catalog_service:product:1'], [members]);
    expect([entries[0]?.state, tags]).toEqual(['absent', [null]]);
  });

  it('let the invalidator look at what is cached, though nothing was yet', async () => {
    const audited = new Cache({ store: new RedisStore(invalidator) }).space(stockSpace);
    expect(await audited.peek('1')).toEqual({ status: 'absent' });
    const stock = { productId: randomUUID(), quantity: 3, version: 7 };
    await new Cache({ store: new RedisStore(catalog) }).space(stockSpace).getOrSet('1', () => Promise.resolve(stock));
    expect(await audited.peek('1')).toMatchObject({ status: 'fresh', version: 7 });
  });

  it.each([
    ['scan a key', () => invalidator.hscan('catalog_service:product:1', 0)],
    ['look at parts of a value', () => invalidator.getrange('catalog_service:product:1', 0, 1)],
    ['list keys', () => invalidator.scan(0)],
    ['touch the keys of another service', () => invalidator.set('auth_service:session:1', 'x')],
    ['empty the server', () => invalidator.flushall()],
  ])('do not let the invalidator %s', async (_what, attempt) => {
    await expect(attempt()).rejects.toThrow('NOPERM');
  });

  it('let the gateway count requests', async () => {
    const counts = new SharedCounts(gateway, { requests: 10, changes: 5 });
    await counts.add('requests', '192.0.2.1', 3);
    expect(await counts.add('requests', '192.0.2.1', 4)).toMatchObject({ used: 7 });
  });

  it.each([
    ['look at what is cached', () => gateway.get('catalog_service:product:1')],
    ['change what is cached', () => gateway.set('catalog_service:product:1', 'x')],
    ['read its own keys but by counting', () => gateway.get('gateway:limit:requests:192.0.2.1')],
    ['empty the server', () => gateway.flushall()],
  ])('do not let the gateway %s', async (_what, attempt) => {
    await expect(attempt()).rejects.toThrow('NOPERM');
  });

  it.each([
    ['touch the keys of another service', () => catalog.get('auth_service:session:1')],
    ['empty the server', () => catalog.flushall()],
    ['change the configuration', () => catalog.config('SET', 'maxmemory', '0')],
    ['cut the connections of others', () => catalog.client('KILL', 'TYPE', 'normal')],
  ])('do not let the catalog %s', async (_what, attempt) => {
    await expect(attempt()).rejects.toThrow('NOPERM');
  });

  it('let nobody in without a name', async () => {
    const stranger = connectRedis({ ...server, commandTimeoutMs: 2_000 }, () => undefined);
    await stranger.connect().catch(() => undefined);
    await expect(stranger.get('catalog_service:product:1')).rejects.toThrow();
    stranger.disconnect();
  });
});

describe('the users of redis-sessions', () => {
  let server: Server;
  let redis: Redis;

  beforeAll(async () => {
    server = await startWithUsers('redis-sessions', true);
    redis = await signIn(server, 'auth');
  });

  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });

  it('let auth keep sessions and carts', async () => {
    const store = new SessionStore(new RedisSessionRecords(redis));
    const accountId = randomUUID();
    const { secret: anonymous } = await store.startAnonymous('a browser', { productId: 'apple', quantity: 2 });
    const account = { accountId, roles: ['customer'], generation: 1, device: 'a browser' };
    const { secret: first } = await store.signIn(anonymous, account);
    const second = await store.rotate(first, 2);
    const check = await store.check(second, { renew: true });
    if (check.state !== 'live') throw new Error(`the session is ${check.state}`);
    expect(await store.readCart(check.session)).toEqual([{ productId: 'apple', quantity: 2 }]);
    expect((await store.changeCart(check.session, { verb: 'clear' })).outcome).toBe('written');
    expect(await store.list(accountId)).toHaveLength(1);
    await store.endSome(accountId, 3, () => true);
    expect(await store.list(accountId)).toEqual([]);
  });

  it('let Redis read back from its disk what auth wrote', async () => {
    const store = new SessionStore(new RedisSessionRecords(redis));
    const account = { accountId: randomUUID(), roles: ['customer'], generation: 1, device: 'a browser' };
    const { secret: anonymous } = await store.startAnonymous('a browser', { productId: 'apple', quantity: 2 });
    const { secret: kept } = await store.signIn(anonymous, account);
    await server.kill();
    await server.restart();
    await until('the client is connected again', 10_000, () => redis.status === 'ready');
    const check = await store.check(kept, { renew: false });
    if (check.state !== 'live') throw new Error(`the session is ${check.state}`);
    expect(await store.readCart(check.session)).toEqual([{ productId: 'apple', quantity: 2 }]);
    expect(await store.list(account.accountId)).toHaveLength(1);
  });

  it('let nobody in without a name, nor as the user that reads the disk', async () => {
    const stranger = connectRedis({ ...server, commandTimeoutMs: 2_000 }, () => undefined);
    await stranger.connect().catch(() => undefined);
    await expect(stranger.get('auth_service:session:1')).rejects.toThrow();
    await expect(redis.auth('default', '')).rejects.toThrow('WRONGPASS');
    stranger.disconnect();
  });

  it('let auth count attempts', async () => {
    const limits = new AttemptLimits(redis);
    const from = { email: 'somebody@example.com', address: '192.0.2.1', device: null };
    await (await limits.countSignIn(from)).takeBack();
    await expect(limits.countRegistration('192.0.2.1')).resolves.toBeUndefined();
  });

  it('let auth do nothing else', async () => {
    await expect(redis.flushall()).rejects.toThrow('NOPERM');
    await expect(redis.get('catalog_service:product:1')).rejects.toThrow('NOPERM');
  });
});

describe('the users of rabbitmq', () => {
  const deaf = { deadLettering: () => Promise.resolve(), deadLettered: () => undefined, upChanged: () => undefined };
  const suffix = randomUUID();
  const users = ['catalog', 'invalidator'].map((name) => `${name}-${suffix}`);
  const open: { close(): Promise<void> }[] = [];
  let borrowed: BorrowedVhost;

  /** The address of the borrowed vhost for a user, with the password that the compose stack gives the user. */
  const urlOf = (name: string): string => {
    const url = new URL(borrowed.url);
    url.username = `${name}-${suffix}`;
    url.password = new URL(secret(`${name}/rabbitmq-url`)).password;
    return url.href;
  };

  beforeAll(async () => {
    borrowed = await borrowVhost();
    const text = secret('rabbitmq/definitions.json')
      .replaceAll(/"(name|user)": "(catalog|invalidator)"/g, `"$1": "$2-${suffix}"`)
      .replaceAll(/"(name|vhost)": "larder"/g, `"$1": "${borrowed.vhost}"`);
    await manage(borrowed.managementUrl, 'POST', '/api/definitions', JSON.parse(text));
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.close()));
  });

  afterAll(async () => {
    for (const user of users) await manage(borrowed.managementUrl, 'DELETE', `/api/users/${user}`);
    await borrowed.release();
  });

  it('let the catalog publish and the invalidator receive', async () => {
    const consumer = changesConsumer({ url: urlOf('invalidator'), bus: undefined });
    const publisher = new AmqpPublisher({ url: urlOf('catalog'), exchange: CATALOG_EXCHANGE, name: 'publisher' });
    open.push(consumer, publisher);
    const received = new Promise<string>((resolve, reject) => {
      const handle = (event: { readonly id: string }) => {
        resolve(event.id);
        return Promise.resolve('malformed' as const); // so it goes to the dead letters
      };
      consumer.start([CHANGE_BATCH], { ...deaf, handle }).catch(reject);
    });
    await until('both are connected', 10_000, () => consumer.up && publisher.connected);
    const event = { id: randomUUID(), type: CHANGE_BATCH, source: CATALOG_SOURCE, data: {} };
    expect(await publisher.publish([{ ...event, time: new Date().toISOString() }])).toEqual(['confirmed']);
    expect(await received).toBe(event.id);
    await until('it is a dead letter', 10_000, async () => (await consumer.countDeadLetters()) === 1);
  });

  it('let the invalidator take samples of the events', async () => {
    const consumer = samplesConsumer({ url: urlOf('invalidator'), bus: undefined });
    const publisher = new AmqpPublisher({ url: urlOf('catalog'), exchange: CATALOG_EXCHANGE, name: 'publisher' });
    open.push(consumer, publisher);
    const received: string[] = [];
    const handle = ({ id }: { readonly id: string }) => {
      received.push(id);
      return Promise.resolve('done' as const);
    };
    await consumer.start(SAMPLED_EVENTS, { ...deaf, handle });
    await until('the publisher is connected', 10_000, () => publisher.connected);
    const types = Object.keys(catalogEventData);
    const time = new Date().toISOString();
    const events = types.map((type) => ({ id: randomUUID(), type, source: CATALOG_SOURCE, data: {}, time }));
    expect(new Set(await publisher.publish(events))).toEqual(new Set(['confirmed']));
    await until('all are here', 10_000, () => received.length === types.length);
    expect(received.sort()).toEqual(events.map(({ id }) => id).sort());
  });

  it('do not let the catalog receive', async () => {
    const consumer = changesConsumer({ url: urlOf('catalog'), bus: undefined });
    open.push(consumer);
    await expect(
      consumer.start([CHANGE_BATCH], { ...deaf, handle: () => Promise.reject(new Error()) }),
    ).rejects.toThrow('cannot be used');
  });
});
