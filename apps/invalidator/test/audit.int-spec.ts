import { randomUUID } from 'node:crypto';
import { Cache, MemoryStore } from '@larder/cache';
import { CATALOG_EXCHANGE, CATALOG_SOURCE, stockSpace } from '@larder/contracts';
import { AmqpPublisher, InProcessBus, type OutgoingEvent, type Publisher } from '@larder/messaging';
import { until } from '../../../tools/services/index.js';
import { loadConfig } from '../src/config.js';
import { startInvalidator, type RunningInvalidator } from '../src/start-invalidator.js';
import { KEY } from './catalog-stand-in.js';
import { get, InvalidatorStage } from './invalidator-stage.js';

/** That there is now that version of a product's stock, as an event of its own. */
function stockChanged(productId: string, version: number): OutgoingEvent {
  const data = { productId, version };
  const time = new Date().toISOString();
  return { id: randomUUID(), type: 'catalog.stock.changed', source: CATALOG_SOURCE, time, data };
}

const fill = (cache: Cache, productId: string, version: number): Promise<unknown> =>
  cache.space(stockSpace).getOrSet(productId, () => Promise.resolve({ productId, quantity: 1, version }));

const checks = (after: number, result: string): string =>
  `larder_audit_checks_total{space="${stockSpace.name}",after="${after}",result="${result}"}`;
const staleSeconds = (id: string): string => `larder_audit_stale_seconds{space="${stockSpace.name}",id="${id}"}`;

async function send(publisher: Publisher, ...events: readonly OutgoingEvent[]): Promise<void> {
  expect(new Set(await publisher.publish(events))).toEqual(new Set(['confirmed']));
}

describe('the auditor on RabbitMQ and Redis', () => {
  let stage: InvalidatorStage;
  let publisher: AmqpPublisher;

  beforeAll(async () => {
    stage = await InvalidatorStage.open();
    publisher = new AmqpPublisher({ url: stage.vhost.url, exchange: CATALOG_EXCHANGE, name: 'events' });
    await until(
      'both are connected',
      10_000,
      async () => publisher.connected && (await stage.metric('larder_audit_up')) === 1,
    );
    await change(randomUUID()); // the first batch retires what was cached before it
    await until('it is applied', 5_000, async () => (await stage.position()) > 0);
  }, 120_000);

  afterAll(async () => {
    await publisher.close();
    await stage.close();
  });

  /** A batch says that there is version 2 of a product's stock now. */
  const change = (id: string): Promise<void> => {
    const { type, data } = stockChanged(id, 2);
    return stage.catalog.change({ type, data, transaction: '7' });
  };
  const counted = (name: string, count: number, withinMs = 15_000): Promise<unknown> =>
    until(name, withinMs, async () => (await stage.metric(name)) === count);

  it('finds fresh what is as new as its event, after 0.1 and 1 s', async () => {
    const id = randomUUID();
    await fill(stage.cache, id, 2);
    await send(publisher, stockChanged(id, 2));
    await counted(checks(0.1, 'fresh'), 1);
    await counted(checks(1, 'fresh'), 1);
    expect([await stage.metric(checks(0.1, 'stale')), await stage.metric(checks(1, 'stale'))]).toEqual([0, 0]);
  });

  it('finds and names an old entry that came back after its invalidation, until it is gone', async () => {
    const id = randomUUID();
    await fill(stage.cache, id, 1);
    const old = await stage.redis.get(stockSpace.key(id));
    const event = stockChanged(id, 2);
    await change(id);
    await until('it is gone', 5_000, async () => (await stage.redis.get(stockSpace.key(id))) !== old);
    await stage.redis.set(stockSpace.key(id), old ?? '');
    await send(publisher, event);
    for (const after of [0.1, 1, 10]) await counted(checks(after, 'stale'), 1);
    expect(await stage.metric(staleSeconds(id))).toBeGreaterThanOrEqual(9.9);

    await stage.cache.space(stockSpace).invalidate(id, { version: 2 });
    await until('it is no longer named', 15_000, async () => (await stage.metric(staleSeconds(id))) === 0);
  }, 60_000);

  it('drops and counts an event that it cannot read, and hears the next one', async () => {
    const sampled = await stage.metric('larder_audit_events_total{outcome="sampled"}');
    const event = stockChanged(randomUUID(), 2);
    await send(
      publisher,
      { ...event, data: { productId: 'no id' } },
      { ...event, type: 'catalog.stock.vanished' },
      event,
    );
    await counted('larder_audit_events_total{outcome="malformed"}', 2);
    await counted('larder_audit_events_total{outcome="sampled"}', sampled + 1);
  });

  it('checks no more than it may, and takes the others from the queue all the same', async () => {
    const before = await stage.metric('larder_audit_events_total{outcome="skipped"}');
    await send(publisher, ...Array.from({ length: 1_000 }, () => stockChanged(randomUUID(), 2)));
    await until('most are skipped', 10_000, async () => {
      const skipped = await stage.metric('larder_audit_events_total{outcome="skipped"}');
      return skipped - before > 900;
    });
  });

  it('says that it does not know while Redis is away, and looks on when it is back', async () => {
    await new Promise((resolve) => setTimeout(resolve, 1_000)); // so that there is room for events again
    const id = randomUUID();
    await stage.redisServer.pause();
    await send(publisher, stockChanged(id, 2));
    await until('it does not know', 10_000, async () => (await stage.metric(checks(1, 'unreachable'))) > 0);
    const before = await stage.metric(checks(10, 'fresh'));
    await stage.redisServer.resume();
    await until('it looks again', 15_000, async () => (await stage.metric(checks(10, 'fresh'))) > before);
    await until(
      'the process is ready again',
      5_000,
      async () => (await get(stage.invalidator, '/readyz')).status === 200,
    );
  });
});

describe('the auditor on the twins', () => {
  let store: MemoryStore;
  let bus: InProcessBus;
  let invalidator: RunningInvalidator;

  const start = async (perSecond: string): Promise<void> => {
    const own = { OPS_PORT: '0', LOG_LEVEL: 'silent', SERVICE_KEY_INVALIDATOR_CATALOG: KEY };
    [store, bus] = [new MemoryStore(), new InProcessBus()];
    invalidator = await startInvalidator(loadConfig({ ...own, AUDIT_EVENTS_PER_SECOND: perSecond }), { store, bus });
  };
  const metrics = async (): Promise<string> => (await get(invalidator, '/metrics')).body;

  afterEach(() => invalidator.close());

  it('audits in process', async () => {
    await start('20');
    const id = randomUUID();
    await fill(new Cache({ store }), id, 1);
    await send(bus, stockChanged(id, 2));
    await until('it is found', 5_000, async () => (await metrics()).includes(`${checks(0.1, 'stale')} 1`));
    expect(await metrics()).toContain(staleSeconds(id));
  });

  it('asks for no events when it is switched off', async () => {
    await start('0');
    expect(await bus.publish([stockChanged(randomUUID(), 2)])).toEqual(['unroutable']);
    expect(await metrics()).not.toContain('larder_audit');
  });
});
