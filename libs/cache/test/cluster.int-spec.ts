import type { Cluster, Redis } from 'ioredis';
import {
  createCertificate,
  startRedisCluster,
  type Certificate,
  type RedisCluster,
  type Server,
} from '../../../tools/services/index.js';
import { connectRedis, RedisStore, type RedisSettings } from '../src/index.js';
import { RedisSessionRecords } from '../src/session/index.js';
import { makeOlder } from './make-older.js';
import { describeSessions } from './sessions/session-contract.js';
import { changeAllDuring, SLOW_MS } from './support/changes-during.js';
import { rightsOf, USER } from './support/rights.js';
import { addressOf, TopologyClients } from './support/topology-clients.js';
import { describeWay } from './support/topology-contract.js';

const clients = new TopologyClients();
let certificate: Certificate;

beforeAll(async () => {
  certificate = await createCertificate();
});

afterEach(() => {
  clients.close();
});

afterAll(() => certificate.remove());

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

  it('connects to every master, also with a store on the client before it does', async () => {
    for (let times = 0; times < 10; times++) {
      const redis = connectRedis(
        { cluster: cluster.nodes.map(addressOf), tls: { ca: certificate.ca } },
        () => undefined,
      );
      new RedisStore(redis);
      await redis.connect();
      expect(redis.nodes('master').map(({ status }) => status)).toEqual(['ready', 'ready', 'ready']);
      redis.disconnect();
    }
  }, 20_000);

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
    const { outdated, slowestReadMs } = await changeAllDuring(clients, settings(), async () =>
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
      const { outdated, queued, slowestReadMs } = await changeAllDuring(clients, settings(), async () => {
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
