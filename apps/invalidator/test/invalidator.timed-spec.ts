import { randomUUID } from 'node:crypto';
import { Cache, MemoryStore } from '@larder/cache';
import { CATALOG_SPACES, productSpace } from '@larder/contracts';
import { InProcessBus } from '@larder/messaging';
import { fastest, until } from '../../../tools/services/index.js';
import { loadConfig } from '../src/config.js';
import { startInvalidator } from '../src/start-invalidator.js';
import { batchEvent, CatalogStandIn, KEY, updated } from './catalog-stand-in.js';
import { get, InvalidatorStage, read } from './invalidator-stage.js';

const ILLEGIBLE = { after: 'the beginning' };
const LAG_COUNT = 'larder_invalidation_lag_seconds_count';
const CHANGES = 'larder_chain_changes_total';

describe('the invalidator on RabbitMQ and Redis', () => {
  let stage: InvalidatorStage;

  beforeAll(async () => {
    stage = await InvalidatorStage.open();
  }, 120_000);
  afterAll(() => stage.close());

  const buried = (count: number): Promise<unknown> =>
    until('they are dead letters', 5_000, async () => (await stage.deadLetters()) === count);

  it('hears of no invalidation, for it keeps no entries', async () => {
    await stage.catalog.change(updated(randomUUID(), 2));
    await until('the batch is applied', 5_000, async () => (await stage.metric(LAG_COUNT)) === 1);
    expect(await stage.redis.pubsub('CHANNELS')).toEqual([]);
  });

  it('removes what a batch has made stale, and measures how long that took', async () => {
    const ids = await stage.cachedProducts(3);
    const before = [await stage.metric(LAG_COUNT), await stage.metric(CHANGES)] as const;
    await stage.catalog.publish(stage.catalog.number(ids.map((id) => updated(id, 2))));
    await stage.nothingStale(ids, 1_000);
    expect(await stage.loadsElsewhere(ids, 2)).toBe(3);
    await until('its own tier has heard of it', 1_000, async () =>
      (await read(stage.cache, ids, 2))[0].every(({ version }) => version === 2),
    );
    await until('it is counted', 5_000, async () => (await stage.metric(LAG_COUNT)) === before[0] + 1);
    expect(await stage.metric(CHANGES)).toBe(before[1] + 3);
    expect(await stage.metric('larder_chain_position')).toBe(stage.catalog.log.at(-1)?.upTo);
    expect(await stage.metric('larder_consumer_up')).toBe(1);
    const { status, body } = await get(stage.invalidator, '/readyz');
    expect([status, body]).toEqual([200, expect.stringContaining('"catalog":"up"')]);
  });

  it('takes every event of the catalog, and none of them as a key', async () => {
    const id = randomUUID();
    const deleted = { id, version: 3, path: [], previousPath: [id], changed: [] };
    await stage.catalog.change(
      { type: 'catalog.category.deleted', data: deleted, transaction: '7' },
      { type: 'catalog.stock.changed', data: { productId: id, version: 4 }, transaction: '8' },
    );
    await until(
      'the category has a key',
      5_000,
      async () => (await stage.redis.get(`catalog_service:category:${id}`)) !== null,
    );
  });

  it('puts what is no batch among the dead letters, counts it, and goes on', async () => {
    const before = await stage.deadLetters();
    const putThere = await stage.metric('larder_dead_lettered_total');
    const [id = ''] = await stage.cachedProducts(1);
    await stage.catalog.publish(ILLEGIBLE, { ...stage.catalog.beat(1), key: productSpace.key(id), after: -1 });
    await stage.catalog.change(updated(id, 2));
    await stage.nothingStale([id], 1_000);
    await buried(before + 2);
    expect(await stage.metric('larder_dead_lettered_total')).toBe(putThere + 2);
  });

  it('makes all that is cached of the catalog unservable before it puts a message away', async () => {
    const before = await stage.deadLetters();
    const ids = await stage.cachedProducts(3);
    expect(await stage.loadsElsewhere(ids, 2)).toBe(0);
    await stage.catalog.publish(ILLEGIBLE);
    await buried(before + 1);
    expect(await stage.loadsElsewhere(ids, 2)).toBe(3);
    const { body } = await get(stage.invalidator, '/metrics');
    for (const { name } of CATALOG_SPACES) {
      expect(body).toContain(`larder_cache_retired_spaces_total{space="${name}",reason="asked"}`);
    }
  });

  it('keeps a message that it cannot understand until Redis has forgotten the catalog', async () => {
    const before = await stage.deadLetters();
    const ids = await stage.cachedProducts(3);
    await stage.redisServer.pause();
    await stage.catalog.publish(ILLEGIBLE);
    await stage.notReady();
    expect(await stage.deadLetters()).toBe(before);
    await stage.redisServer.resume();
    await buried(before + 1);
    await stage.reconnected();
    expect(await stage.loadsElsewhere(ids, 2)).toBe(3);
  });

  it('gives such a message back when it stops, and its successor makes Redis forget', async () => {
    const before = await stage.deadLetters();
    const ids = await stage.cachedProducts(3);
    await stage.redisServer.pause();
    await stage.catalog.publish(ILLEGIBLE);
    await stage.notReady();
    await stage.invalidator.close();
    await stage.redisServer.resume();
    await stage.reconnected();
    await stage.loadsElsewhere(ids, 1); // what was under way when Redis stopped is applied by now
    expect(await stage.loadsElsewhere(ids, 2)).toBe(0);
    await stage.restart();
    await buried(before + 1);
    expect(await stage.loadsElsewhere(ids, 2)).toBe(3);
  });

  it.each(['kill', 'pause'] as const)('applies everything within a second after Redis returns (%s)', async (harm) => {
    const outage = async (): Promise<number> => {
      const ids = await stage.cachedProducts(600);
      await stage.redisServer[harm]();
      await stage.catalog.change(...ids.map((id) => updated(id, 2)));
      await stage.notReady();
      expect((await get(stage.invalidator, '/readyz')).body).toContain('"redis":"down"');
      await (harm === 'kill' ? stage.redisServer.restart() : stage.redisServer.resume());
      const returnedMs = performance.now();
      await stage.nothingStale(ids, 10_000);
      const tookMs = performance.now() - returnedMs;
      await until('it is ready again', 5_000, async () => (await get(stage.invalidator, '/readyz')).status === 200);
      await stage.reconnected();
      return tookMs;
    };
    expect(await fastest(3, 1_000, outage)).toBeLessThan(1_000);
  });

  it('gives back what it cannot apply when it stops, and its successor applies it', async () => {
    const stopping = async (): Promise<number> => {
      const ids = await stage.cachedProducts(20);
      await stage.redisServer.pause();
      await stage.catalog.change(...ids.map((id) => updated(id, 2)));
      await stage.notReady();
      const askedMs = performance.now();
      await stage.invalidator.close();
      const tookMs = performance.now() - askedMs;
      await stage.redisServer.resume();
      await stage.restart();
      await stage.reconnected();
      await stage.nothingStale(ids);
      return tookMs;
    };
    expect(await fastest(2, 4_000, stopping)).toBeLessThan(4_000);
  });
});

describe('the invalidator on the twins', () => {
  it('invalidates in process', async () => {
    const [store, bus, catalog] = [new MemoryStore(), new InProcessBus(), new CatalogStandIn()];
    await catalog.listen();
    const config = loadConfig({
      ...{ OPS_PORT: '0', LOG_LEVEL: 'silent' },
      ...{ CATALOG_ADDRESSES: `127.0.0.1:${catalog.port}`, SERVICE_KEY_INVALIDATOR_CATALOG: KEY },
    });
    const invalidator = await startInvalidator(config, { store, bus });
    const cache = new Cache({ store });
    const id = randomUUID();
    await read(cache, [id], 1);
    expect(await bus.publish([batchEvent(catalog.number([updated(id, 2)]))])).toEqual(['confirmed']);
    await until('the new version is read', 1_000, async () => (await read(cache, [id], 2))[0][0]?.version === 2);
    expect((await get(invalidator, '/readyz')).body).toContain('"rabbitmq":"up"');
    await invalidator.close();
    await invalidator.close();
    await cache.close();
    await catalog.close();
  });
});
