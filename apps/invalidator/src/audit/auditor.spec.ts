import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Cache, MemoryStore } from '@larder/cache';
import { FaultyStore } from '@larder/cache/testing';
import { stockSpace, type CatalogEvent } from '@larder/contracts';
import { Registry } from 'prom-client';
import { AuditMetrics } from './audit-metrics.js';
import { Auditor } from './auditor.js';
import { WorstKeys } from './worst-keys.js';

const ID = '0f9d2f0e-54a4-4c3a-9c07-1c3d3c1a7a10';

const changed = (version: number): CatalogEvent => ({
  type: 'catalog.stock.changed',
  data: { productId: ID, version },
});

describe('an auditor', () => {
  let store: FaultyStore;
  let cache: Cache; // a catalog's
  let registry: Registry;
  let auditor: Auditor;

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    Logger.overrideLogger(false);
    store = new FaultyStore(new MemoryStore());
    cache = new Cache({ store });
    registry = new Registry();
    const worst = new WorstKeys(10);
    auditor = new Auditor({
      cache: new Cache({ store }),
      perSecond: 20,
      metrics: new AuditMetrics(registry, worst),
      worst,
    });
  });

  afterEach(() => {
    auditor.stop();
    jest.useRealTimers();
  });

  const fill = (version: number) =>
    cache.space(stockSpace).getOrSet(ID, () => Promise.resolve({ productId: ID, quantity: 1, version }));

  /** What the checks after 0.1, 1 and 10 s have found. */
  const found = async (result: string): Promise<number[]> => {
    const { values } = await registry.getSingleMetric('larder_audit_checks_total')!.get();
    const ours = values.filter(({ labels }) => labels['space'] === stockSpace.name && labels['result'] === result);
    return ours.map(({ value }) => value);
  };
  const staleSeconds = async (): Promise<number[]> =>
    (await registry.getSingleMetric('larder_audit_stale_seconds')!.get()).values.map(({ value }) => value);
  const counted = async (outcome: string): Promise<number | undefined> =>
    (await registry.getSingleMetric('larder_audit_events_total')!.get()).values.find(
      ({ labels }) => labels['outcome'] === outcome,
    )?.value;

  it('looks after 0.1, 1 and 10 s, and not before', async () => {
    await fill(2);
    auditor.audit(changed(2));
    const seen: number[][] = [];
    for (const ms of [99, 1, 899, 1, 8_999, 1]) {
      await jest.advanceTimersByTimeAsync(ms);
      seen.push(await found('fresh'));
    }
    expect(seen).toEqual([
      [0, 0, 0],
      [1, 0, 0],
      [1, 0, 0],
      [1, 1, 0],
      [1, 1, 0],
      [1, 1, 1],
    ]);
    expect([await found('stale'), await staleSeconds()]).toEqual([[0, 0, 0], []]);
  });

  it('finds what is older than its event, looks at it again until it is not, and lets go of it then', async () => {
    await fill(1);
    auditor.audit(changed(2));
    await jest.advanceTimersByTimeAsync(100);
    expect([await found('stale'), await staleSeconds()]).toEqual([[1, 0, 0], [0.1]]);
    await jest.advanceTimersByTimeAsync(19_900);
    expect([await found('stale'), await staleSeconds()]).toEqual([[1, 1, 1], [20]]);
    await cache.space(stockSpace).invalidate(ID, { version: 2 });
    await jest.advanceTimersByTimeAsync(10_000);
    expect([await found('stale'), await staleSeconds()]).toEqual([[1, 1, 1], []]);
  });

  it('says so when a store cannot be asked', async () => {
    await fill(1);
    store.fail('refuse');
    auditor.audit(changed(2));
    await jest.advanceTimersByTimeAsync(1_000);
    expect([await found('unreachable'), await found('stale')]).toEqual([
      [1, 1, 0],
      [0, 0, 0],
    ]);
  });

  it('takes no more events than it may, and counts the others', async () => {
    const rooms = Array.from({ length: 25 }, () => auditor.hasRoom());
    expect(rooms.filter(Boolean)).toHaveLength(20);
    expect(await counted('skipped')).toBe(5);
  });

  it('keeps no more than some thousand checks waiting', async () => {
    for (let i = 0; i < 1_666; i++) auditor.audit(changed(2));
    expect(auditor.hasRoom()).toBe(false);
    await jest.advanceTimersByTimeAsync(100);
    expect(auditor.hasRoom()).toBe(true);
    expect([await counted('sampled'), await counted('skipped')]).toEqual([1_666, 1]);
  });

  it('leaves nothing behind when it stops', () => {
    auditor.audit(changed(2));
    auditor.stop();
    expect(jest.getTimerCount()).toBe(0);
    expect(auditor.hasRoom()).toBe(false);
  });
});
