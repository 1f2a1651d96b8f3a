import { Registry } from 'prom-client';
import { z } from 'zod';
import { Cache } from '../core/cache.js';
import type { CacheEvent } from '../core/events.js';
import { MemoryStore } from '../core/memory-store.js';
import { defineSpace } from '../core/define-space.js';
import { prometheusListener } from './prometheus-listener.js';

it('counts what a cache does', async () => {
  const registry = new Registry();
  const cache = new Cache({ store: new MemoryStore({ maxEntries: 10 }), onEvent: prometheusListener(registry) });
  const numbers = cache.space(
    defineSpace({ service: 'shop', entity: 'number', value: z.number(), version: Number, ttlMs: 1_000 }),
  );
  for (let read = 0; read < 3; read++) await numbers.getOrSet('1', async () => 1);
  await numbers.invalidate('1', { version: 5 });
  const text = await registry.metrics();
  expect(text).toContain('larder_cache_requests_total{space="shop:number",tier="source",result="miss"} 1');
  expect(text).toContain('larder_cache_requests_total{space="shop:number",tier="store",result="hit"} 2');
  expect(text).toContain('larder_cache_fills_total{space="shop:number",result="stored"} 1');
  expect(text).toContain('larder_cache_load_duration_seconds_count{space="shop:number",outcome="ok"} 1');
  expect(text).toContain('larder_cache_invalidations_total{kind="entry",result="applied"} 1');
});

describe('every type of event', () => {
  const space = 'shop:number';
  const lines: { readonly [Type in CacheEvent['type']]: [Extract<CacheEvent, { type: Type }>, ...string[]] } = {
    read: [
      { type: 'read', space, outcome: 'negative', tier: 'l1', count: 3 },
      'requests_total{space="shop:number",tier="l1",result="negative"} 3',
    ],
    coalesced: [{ type: 'coalesced', space, count: 2 }, 'coalesced_total{space="shop:number"} 2'],
    load: [
      { type: 'load', space, durationMs: 250, failed: true },
      'load_duration_seconds_sum{space="shop:number",outcome="failed"} 0.25',
      'load_duration_seconds_count{space="shop:number",outcome="failed"} 1',
    ],
    refresh: [{ type: 'refresh', space, reason: 'stale' }, 'refreshes_total{space="shop:number",reason="stale"} 1'],
    fill: [
      { type: 'fill', space, result: 'outdated' },
      'fills_total{space="shop:number",result="outdated"} 1',
      'refused_fills_total{space="shop:number"} 1',
    ],
    promotion: [
      { type: 'promotion', space, result: 'refused' },
      'promotions_total{space="shop:number",result="refused"} 1',
    ],
    corrupt: [{ type: 'corrupt', space }, 'corrupt_entries_total{space="shop:number"} 1'],
    invalidation: [
      { type: 'invalidation', entries: 4, tags: 5, result: 'queued', pending: 9 },
      'invalidations_total{kind="entry",result="queued"} 4',
      'invalidations_total{kind="tag",result="queued"} 5',
      'pending_invalidations 9',
    ],
    retired: [
      { type: 'retired', space, reason: 'overflow' },
      'retired_spaces_total{space="shop:number",reason="overflow"} 1',
    ],
    uncertified: [{ type: 'uncertified', space, count: 3 }, 'uncertified_reads_total{space="shop:number"} 3'],
    chain: [
      { type: 'chain', service: 'shop', what: 'gap', count: 4 },
      'chain_repairs_total{service="shop",what="gap"} 1',
    ],
    settled: [{ type: 'settled', count: 2 }, 'settled_intents_total 2'],
    l1: [{ type: 'l1', space, state: 'on' }, 'l1_on{space="shop:number"} 1'],
    operation: [
      { type: 'operation', operation: 'look', durationMs: 5, failed: false },
      'operation_duration_seconds_sum{operation="look",outcome="ok"} 0.005',
    ],
    circuit: [{ type: 'circuit', state: 'half-open' }, 'circuit_state 1'],
  };

  it.each(Object.entries(lines))('%s is counted', async (_type, [event, ...texts]) => {
    const registry = new Registry();
    prometheusListener(registry)(event);
    const counted = (await registry.metrics()).split('\n');
    expect(counted).toEqual(expect.arrayContaining(texts.map((text) => `larder_cache_${text}`)));
  });

  it('a fill that was stored or could not be is not one that was refused', async () => {
    const registry = new Registry();
    const listener = prometheusListener(registry);
    for (const result of ['stored', 'unstorable', 'unreachable'] as const) listener({ type: 'fill', space, result });
    expect(await registry.metrics()).not.toContain('refused_fills_total{');
  });

  it('a tier that is switched off shows as such', async () => {
    const registry = new Registry();
    prometheusListener(registry)({ type: 'l1', space, state: 'off' });
    expect(await registry.metrics()).toContain('larder_cache_l1_on{space="shop:number"} 0');
  });
});
