import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../../tools/services/index.js';
import { updated } from './catalog-stand-in.js';
import { InvalidatorStage } from './invalidator-stage.js';

describe('the chain of batches', () => {
  let stage: InvalidatorStage;

  beforeAll(async () => {
    stage = await InvalidatorStage.open({ persistent: false });
    await stage.catalog.change(updated(randomUUID(), 2));
    await until('the chain has begun', 5_000, async () => (await stage.repairs('begun')) === 1);
  }, 120_000);
  afterAll(() => stage.close());

  const stands = (at: number): Promise<unknown> =>
    until('Redis stands there', 5_000, async () => (await stage.position()) === at);
  const duplicates = (): Promise<number> => stage.metric('larder_chain_batches_total{outcome="duplicate"}');

  it('is completed from the log when batches are missing', async () => {
    const gaps = await stage.repairs('gap');
    const ids = await stage.cachedProducts(5);
    for (const id of ids) stage.catalog.number([updated(id, 2)]); // more than an answer of the log holds
    const next = stage.catalog.number([]);
    await stage.catalog.publish(next);
    await stands(next.upTo);
    expect(await stage.stale(ids)).toBe(0);
    expect(await stage.repairs('gap')).toBeGreaterThan(gaps);
  });

  it('shows a store that went back in time by its number, at the next beat', async () => {
    const before = await stage.position();
    const [id = ''] = await stage.cachedProducts(1);
    const missed = stage.catalog.number([updated(id, 2)]);
    await stage.setPosition(before);
    await stage.catalog.publish(stage.catalog.beat(5));
    await stands(missed.upTo);
    expect(await stage.stale([id])).toBe(0);
  });

  it('waits for the log, with all that follows, while the catalog is away', async () => {
    const [missed = '', late = ''] = await stage.cachedProducts(2);
    const at = await stage.position();
    await stage.catalog.goDeaf();
    stage.catalog.number([updated(missed, 2)]);
    await stage.catalog.change(updated(late, 2));
    await sleep(300);
    expect([await stage.position(), await stage.stale([missed, late])]).toEqual([at, 2]);
    await stage.catalog.listen();
    await stage.nothingStale([missed, late]);
  });

  it('begins anew, with nothing left in the cache, when the log does not reach back', async () => {
    const restarts = await stage.repairs('restarted');
    const ids = await stage.cachedProducts(3);
    for (const id of ids) stage.catalog.number([updated(id, 2)]);
    stage.catalog.log.splice(0);
    const next = stage.catalog.number([]);
    await stage.catalog.publish(next);
    await stands(next.upTo);
    expect(await stage.repairs('restarted')).toBe(restarts + 1);
    expect(await stage.loadsElsewhere(ids, 2)).toBe(3);
  });

  it('begins anew on a store that was emptied', async () => {
    const begun = await stage.repairs('begun');
    await stage.redis.flushall();
    const ids = await stage.cachedProducts(2);
    const next = stage.catalog.number([]);
    await stage.catalog.publish(next);
    await stands(next.upTo);
    expect(await stage.repairs('begun')).toBe(begun + 1);
    expect(await stage.loadsElsewhere(ids, 2)).toBe(2);
  });

  it('begins anew when the numbers of a restored database pass by what the store believes to have', async () => {
    const restarts = await stage.repairs('restarted');
    const [kept, lost] = [stage.catalog.number([]), stage.catalog.number([])];
    await stage.catalog.publish(kept, lost);
    await stands(lost.upTo);
    const [id = ''] = await stage.cachedProducts(1);
    stage.catalog.log.splice(stage.catalog.log.indexOf(lost));
    const next = { after: kept.upTo, upTo: lost.upTo + 10, asOfMs: null, changes: [updated(id, 2)] };
    stage.catalog.resume(next);
    await stage.catalog.publish(next);
    await stands(next.upTo);
    expect(await stage.repairs('restarted')).toBe(restarts + 1);
    expect(await stage.loadsElsewhere([id], 2)).toBe(1);
  });

  it('takes what comes twice, or late, for what it is', async () => {
    const [id = ''] = await stage.cachedProducts(1);
    const [first, second] = [stage.catalog.number([updated(id, 2)]), stage.catalog.number([])];
    await stage.catalog.publish(first, second);
    await stands(second.upTo);
    const before = await duplicates();
    await stage.catalog.publish(first, { ...first, changes: [] }, second);
    await until('they are counted', 5_000, async () => (await duplicates()) === before + 3);
    expect(await stage.position()).toBe(second.upTo);
  });

  it.each<[string, unknown]>([
    ['of an unknown type', { type: 'catalog.product.exploded', data: {}, transaction: '7' }],
    ['of another shape', { ...updated(randomUUID(), 2), data: { id: 'no id' } }],
    ['without its transaction', { ...updated(randomUUID(), 2), transaction: undefined }],
    ['that is none', null],
  ])('is not held up by a change %s: all that is cached goes', async (_what, change) => {
    const letters = await stage.deadLetters();
    const ids = await stage.cachedProducts(2);
    const batch = stage.catalog.number([change]);
    await stage.catalog.publish(batch);
    await stands(batch.upTo);
    expect(await stage.loadsElsewhere(ids, 2)).toBe(2);
    expect(await stage.deadLetters()).toBe(letters);
  });

  it('is certified by its batches and beats, and no further than they come', async () => {
    await stage.catalog.publish(stage.catalog.number([], 1_000));
    await until('the batch certifies', 5_000, async () => (await stage.certificate()) === 1_000);
    await stage.catalog.publish(stage.catalog.beat(2_000));
    await until('the beat certifies', 5_000, async () => (await stage.certificate()) === 2_000);
    const unknown = stage.catalog.number([], null);
    await stage.catalog.publish(unknown);
    await stands(unknown.upTo);
    expect(await stage.certificate()).toBe(2_000);
    expect(await stage.metric('larder_certificate_age_seconds')).toBeGreaterThan(1_000_000);
  });

  it('is applied with all the beats that have piled up', async () => {
    await stage.invalidator.close();
    const [id = ''] = await stage.cachedProducts(1);
    const beats = Array.from({ length: 40 }, (_, n) => stage.catalog.beat(3_000 + n));
    await stage.catalog.publish(...beats, stage.catalog.number([updated(id, 2)], 4_000));
    await stage.restart();
    await stage.nothingStale([id]);
    await until('it certifies', 5_000, async () => (await stage.certificate()) === 4_000);
  });

  it('is applied by one invalidator at a time, and by another once that has gone', async () => {
    const second = await stage.start();
    try {
      const ids = await stage.cachedProducts(30);
      await stage.catalog.change(...ids.map((id) => updated(id, 2)));
      await stage.nothingStale(ids);
      const [, waiting] = await Promise.all([stage.invalidator, second].map((each) => stage.changesOf(each)));
      expect(waiting).toBe(0);
      await stage.invalidator.close();
      const [id = ''] = await stage.cachedProducts(1);
      await stage.catalog.change(updated(id, 2));
      await stage.nothingStale([id]);
      expect(await stage.changesOf(second)).toBe(1);
    } finally {
      await stage.invalidator.close();
      stage.invalidator = second;
    }
  });
});
