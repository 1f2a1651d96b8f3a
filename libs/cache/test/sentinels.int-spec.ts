import {
  createCertificate,
  startRedisSentinel,
  type Certificate,
  type WatchedRedis,
} from '../../../tools/services/index.js';
import type { RedisSettings } from '../src/index.js';
import { changeAllDuring, SLOW_MS } from './support/changes-during.js';
import { rightsOf, USER, WATCHER } from './support/rights.js';
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
    const { outdated, slowestReadMs } = await changeAllDuring(clients, settings(), () => watched.promote());
    expect(outdated).toEqual([]);
    expect(slowestReadMs).toBeLessThan(SLOW_MS);
    await watched.untilWhole();
  }, 60_000);

  it('reads on while the master is dead, then from the replica, with every invalidation', async () => {
    const dead = await watched.master();
    const heir = watched.servers.find((server) => server !== dead)!;
    const { outdated, queued, slowestReadMs } = await changeAllDuring(clients, settings(), async () => {
      await dead.kill();
      await watched.untilMaster(heir);
    });
    expect(outdated).toEqual([]);
    expect(queued).toBeGreaterThan(0);
    expect(slowestReadMs).toBeLessThan(SLOW_MS);
  }, 60_000);
});
