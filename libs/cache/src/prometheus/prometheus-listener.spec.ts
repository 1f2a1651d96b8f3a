import { Registry } from 'prom-client';
import { z } from 'zod';
import { Cache } from '../core/cache.js';
import { MemoryStore } from '../core/memory-store.js';
import { defineSpace } from '../core/space.js';
import { prometheusListener } from './prometheus-listener.js';

it('counts what a cache does', async () => {
  const registry = new Registry();
  const cache = new Cache({ store: new MemoryStore({ maxEntries: 10 }), onEvent: prometheusListener(registry) });
  const numbers = cache.space(defineSpace({ service: 'shop', entity: 'number', value: z.number(), ttlMs: 1_000 }));
  for (let read = 0; read < 3; read++) await numbers.getOrSet('1', async () => 1);
  await numbers.invalidate('1', { version: 5 });
  const text = await registry.metrics();
  expect(text).toContain('larder_cache_requests_total{space="shop:number",tier="source",result="miss"} 1');
  expect(text).toContain('larder_cache_requests_total{space="shop:number",tier="store",result="hit"} 2');
  expect(text).toContain('larder_cache_fills_total{space="shop:number",result="stored"} 1');
  expect(text).toContain('larder_cache_load_duration_seconds_count{space="shop:number",outcome="ok"} 1');
  expect(text).toContain('larder_cache_invalidations_total{kind="entry",result="applied"} 1');
});
