import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import type { Cluster, Redis } from 'ioredis';
import { z } from 'zod';
import {
  createCertificate,
  Lag,
  startRedis,
  startRedisCluster,
  startRedisSentinel,
  until,
  type Certificate,
  type RedisCluster,
  type Server,
  type WatchedRedis,
} from '../../../tools/services/index.js';
import { Cache, connectRedis, defineSpace, RedisStore, type RedisSettings } from '../src/index.js';
import { RedisSessionRecords } from '../src/session/index.js';
import { describeStore } from '../src/testing/index.js';
import { makeOlder } from './make-older.js';
import { describeSessions } from './sessions/session-contract.js';

const USER = { username: 'app', password: 'a-password-for-the-app' };
const WATCHER = { sentinelUsername: 'app', sentinelPassword: 'a-password-for-sentinels' };

const OPERATIONS = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8');

/** The rights that docs/operations.md calls enough, for the user and the services of this test. */
function rightsOf(name: string, password: string): string {
  const [, rights] = new RegExp(`^user ${name} (.*)$`, 'm').exec(OPERATIONS) ?? [];
  if (rights === undefined) throw new Error(`No rights of ${name} in docs/operations.md`);
  const ofOurs = rights.replace('~catalog_service:*', '~contract:* ~shop:*');
  return `app ${ofOurs.replace('&catalog_service:*', '&contract:* &shop:*').replace('PASSWORD', password)}`;
}

let certificate: Certificate;
const clients: (Redis | Cluster)[] = [];

beforeAll(async () => {
  certificate = await createCertificate();
});

afterEach(() => {
  for (const client of clients.splice(0)) client.disconnect();
});

afterAll(() => certificate.remove());

const addressOf = ({ host, port }: Server): { host: string; port: number } => ({ host, port });

async function connect(settings: RedisSettings): Promise<Redis | Cluster> {
  const redis = connectRedis(settings, () => undefined);
  await redis.connect();
  return redis;
}

/** What every way to reach a Redis must do; `settings` are right ones. */
function describeWay(name: string, settings: () => RedisSettings): void {
  let redis: Redis | Cluster;

  beforeAll(async () => {
    redis = await connect(settings());
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
    const fresh = await connect(settings());
    clients.push(fresh);
    const answers = await Promise.all(Array.from({ length: 300 }, (_, index) => fresh.get(`shop:row:${index}`)));
    expect(answers).toHaveLength(300);
  });

  it('hears on a second connection what a script publishes', async () => {
    const listener = connectRedis(settings(), () => undefined);
    clients.push(listener);
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
    const stranger = connectRedis({ ...given, tls: {} }, (error) => errors.push(error.message));
    clients.push(stranger);
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
    const stranger = connectRedis({ ...settings(), password: 'hunter2' }, (error) => errors.push(error));
    clients.push(stranger);
    stranger.connect().catch((error: unknown) => errors.push(error as Error));
    await until('the password was refused', 5_000, async () =>
      errors.some(({ message }) => message.startsWith('WRONGPASS')),
    );
    expect(inspect(errors, { depth: null, showHidden: true })).not.toContain('hunter2');
  });
}

describe('one server with TLS and a user', () => {
  let server: Server;

  beforeAll(async () => {
    server = await startRedis({ certificate, users: [rightsOf('cache', USER.password)] });
  });

  afterAll(() => server.stop());

  describeWay('over TLS as a user', () => ({ ...addressOf(server), ...USER, tls: { ca: certificate.ca } }));
});

const Row = z.object({ version: z.number() });
const rows = defineSpace({ service: 'shop', entity: 'row', value: Row, version: (row) => row.version, ttlMs: 600_000 });
const IDS = 400;
const EVERY_MS = 10;
/** A reader may wait for a lease that the new master has from the old one, for half a second; the rest is for its load and the way. */
const SLOW_MS = 500 + 250;

/**
 * Each id is changed once, in turn, while `strike` happens; then every id is read by another process's cache. What the machine
 * held this process up is not counted among the time that a read took.
 */
async function changeAllDuring(
  settings: RedisSettings,
  strike: () => Promise<unknown>,
): Promise<{ queued: number; outdated: string[]; slowestReadMs: number; loads: number; hits: number }> {
  const versions = new Map<string, number>();
  const load = (id: string) => async () => ({ version: versions.get(id) ?? 1 });
  const pair = await Promise.all([connect(settings), connect(settings)]);
  clients.push(...pair);
  const [writer, reader] = pair.map((redis) => new Cache({ store: new RedisStore(redis) })) as [Cache, Cache];
  const ids = Array.from({ length: IDS }, (_, index) => String(index));
  for (const id of ids) await reader.space(rows).getOrSet(id, load(id));

  const lag = new Lag();
  let isOver = false;
  const seen = { queued: 0, outdated: [] as string[], slowestReadMs: 0, loads: 0, hits: 0 };
  const read = async (): Promise<void> => {
    for (let turn = 0; !isOver; turn += 1) {
      const [id, startedMs] = [`read-${turn % 20}`, lag.nowMs];
      const { outcome } = await reader.space(rows).read(id, load(id));
      seen.slowestReadMs = Math.max(seen.slowestReadMs, lag.nowMs - startedMs);
      if (outcome === 'hit') seen.hits += 1;
      else seen.loads += 1;
      await sleep(2);
    }
  };
  const change = async (): Promise<void> => {
    for (const id of ids) {
      versions.set(id, 2);
      await writer
        .space(rows)
        .invalidate(id, { version: 2 })
        .catch((error: unknown) => {
          expect(error).toMatchObject({ code: 'INVALIDATION_PENDING' });
          seen.queued += 1;
        });
      await sleep(EVERY_MS);
    }
  };
  const reading = read();
  await Promise.all([change(), sleep(300).then(strike)]);
  await until('no invalidation waits', 10_000, async () => writer.pendingInvalidations === 0);
  await sleep(500);
  isOver = true;
  await reading;
  lag.stop();
  for (const id of ids) {
    const { value, outcome } = await reader.space(rows).read(id, load(id));
    if (value.version !== 2) seen.outdated.push(`${id} ${outcome}`);
  }
  expect((await reader.space(rows).read('0', load('0'))).outcome).toBe('hit');
  await Promise.all([writer, reader].map((cache) => cache.close()));
  if (process.env['LARDER_FIGURES']) process.stderr.write(`${JSON.stringify(seen)}\n`);
  return seen;
}

describe('under Sentinels', () => {
  let watched: WatchedRedis;
  const settings = (): RedisSettings => ({
    sentinels: watched.sentinels.map(addressOf),
    name: watched.name,
    ...{ ...USER, ...WATCHER, tls: { ca: certificate.ca } },
  });

  beforeAll(async () => {
    watched = await startRedisSentinel({
      certificate,
      users: [rightsOf('cache', USER.password)],
      sentinelUsers: [rightsOf('cache-at-sentinel', WATCHER.sentinelPassword)],
    });
  }, 60_000);

  afterAll(() => watched.stop());

  describeWay('under Sentinels', settings);

  it('follows an operator who promotes the replica, and loses no invalidation that the old master took', async () => {
    const { outdated, slowestReadMs } = await changeAllDuring(settings(), () => watched.promote());
    expect(outdated).toEqual([]);
    expect(slowestReadMs).toBeLessThan(SLOW_MS);
    await watched.untilWhole();
  }, 60_000);

  it('reads on while the master is dead, then from the replica, with every invalidation', async () => {
    const dead = await watched.master();
    const heir = watched.servers.find((server) => server !== dead)!;
    const { outdated, queued, slowestReadMs } = await changeAllDuring(settings(), async () => {
      await dead.kill();
      await watched.untilMaster(heir);
    });
    expect(outdated).toEqual([]);
    expect(queued).toBeGreaterThan(0);
    expect(slowestReadMs).toBeLessThan(SLOW_MS);
  }, 60_000);
});

describe('on a Cluster', () => {
  let cluster: RedisCluster;
  const settings = (): RedisSettings => ({
    cluster: cluster.nodes.map(addressOf),
    ...{ ...USER, tls: { ca: certificate.ca } },
  });

  beforeAll(async () => {
    cluster = await startRedisCluster({ certificate, users: [rightsOf('cache-on-cluster', USER.password)] });
  }, 60_000);

  afterAll(() => cluster.stop());

  describeWay('on a Cluster', settings);

  describe('sessions', () => {
    let redis: Cluster;

    beforeAll(async () => {
      redis = connectRedis({ cluster: cluster.nodes.map(addressOf), tls: { ca: certificate.ca } }, () => undefined);
      await redis.connect();
    });

    afterAll(() => {
      redis.disconnect();
    });

    const onMasters = <Result>(work: (node: Redis) => Promise<Result>): Promise<Result[]> =>
      Promise.all(redis.nodes('master').map(work));

    describeSessions('a Cluster', async () => {
      await onMasters((node) => node.flushall());
      return {
        records: new RedisSessionRecords(redis),
        advance: async (ms) => {
          await onMasters((node) => makeOlder(node, ms));
        },
        size: async () => (await onMasters((node) => node.dbsize())).reduce((sum, size) => sum + size, 0),
      };
    });
  });

  it('follows slots that an operator hands to a replica', async () => {
    const master = await cluster.masterOf('shop:row:1');
    const { outdated, slowestReadMs } = await changeAllDuring(settings(), async () =>
      cluster.failOver(await cluster.replicaOf(master)),
    );
    expect(outdated).toEqual([]);
    expect(slowestReadMs).toBeLessThan(SLOW_MS);
    await cluster.untilWhole();
  }, 60_000);

  it.each([
    ['dead', (node: Server) => node.kill(), (node: Server) => node.restart()],
    ['frozen', (node: Server) => node.pause(), (node: Server) => node.resume()],
  ])(
    'reads on while a master is %s, then from its replica, with every invalidation',
    async (_, strike, mend) => {
      const master = await cluster.masterOf('shop:row:1');
      const heir = await cluster.replicaOf(master);
      const { outdated, queued, slowestReadMs } = await changeAllDuring(settings(), async () => {
        await strike(master);
        await cluster.untilMaster(heir);
      });
      expect(outdated).toEqual([]);
      expect(queued).toBeGreaterThan(0);
      expect(slowestReadMs).toBeLessThan(SLOW_MS);
      await mend(master);
      await cluster.untilWhole();
    },
    60_000,
  );
});
