import { Cluster, Redis } from 'ioredis';
import {
  createCertificate,
  gone,
  startRedis,
  startRedisCluster,
  type Certificate,
  type RedisCluster,
  type Server,
} from '../index.js';
import { operate } from '../redis-operator.js';

const USERS = ['app on >secret ~app:* -@all +@read +@write +@connection +info'];

let certificate: Certificate;

beforeAll(async () => {
  certificate = await createCertificate();
});

afterAll(() => certificate.remove());

async function get(server: Server, key: string, vouchedBy?: Certificate): Promise<string | null> {
  return operate(server, vouchedBy, (redis) => redis.get(key));
}

describe('startRedis with a certificate and a user', () => {
  it('answers over TLS alone, and to that user for its keys alone', async () => {
    const server = await startRedis({ certificate, users: USERS });
    const { host, port } = server;
    const tls = { ca: certificate.ca };
    const app = new Redis({ host, port, tls, username: 'app', password: 'secret', retryStrategy: null });
    try {
      expect(server.url).toBe(`rediss://127.0.0.1:${port}`);
      await app.set('app:1', 'x');
      await expect(app.get('other:1')).rejects.toThrow('NOPERM');
      expect(await get(server, 'app:1', certificate)).toBe('x');
      await expect(get(server, 'app:1')).rejects.toThrow();
    } finally {
      app.disconnect();
      await server.stop();
    }
  });
});

describe('startRedisCluster', () => {
  let cluster: RedisCluster;
  let client: Cluster;

  beforeAll(async () => {
    cluster = await startRedisCluster({ certificate });
    client = new Cluster(
      cluster.nodes.map(({ host, port }) => ({ host, port })),
      { redisOptions: { tls: { ca: certificate.ca } } },
    );
  }, 60_000);

  afterAll(async () => {
    client.disconnect();
    const pids = cluster.nodes.map(({ pid }) => pid);
    await cluster.stop();
    expect(
      await gone(
        pids.filter((pid) => pid > 0),
        0,
      ),
    ).toBe(true);
  });

  it('spreads keys over three masters', async () => {
    const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    for (const key of keys) await client.set(key, key);
    const masters: Server[] = [];
    for (const key of keys) masters.push(await cluster.masterOf(key)); // all at once would be a hundred handshakes
    expect(new Set(masters.map(({ port }) => port)).size).toBe(3);
    expect(await get(masters[0]!, 'a', certificate)).toBe('a');
  });

  it('hands slots to a replica without losing a write', async () => {
    const master = await cluster.masterOf('k');
    const replica = await cluster.replicaOf(master);
    await client.set('k', 'kept');
    await cluster.failOver(replica);
    expect(await cluster.masterOf('k')).toBe(replica);
    expect(await get(replica, 'k', certificate)).toBe('kept');
    await cluster.untilWhole();
    expect(await cluster.replicaOf(replica)).toBe(master);
  });
});
