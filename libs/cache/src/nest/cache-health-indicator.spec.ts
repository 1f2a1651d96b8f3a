import { z } from 'zod';
import { Controller, Get, Module } from '@nestjs/common';
import { HealthCheckService, TerminusModule } from '@nestjs/terminus';
import type { HealthCheckResult } from '@nestjs/terminus';
import { Test } from '@nestjs/testing';
import type { TestingModule } from '@nestjs/testing';
import { Cache } from '../core/cache.js';
import { MemoryStore } from '../core/memory-store.js';
import { defineSpace } from '../core/define-space.js';
import { FaultyStore } from '../testing/faulty-store.js';
import { CacheHealthIndicator, CacheModule } from './index.js';

const hot = defineSpace({
  service: 'shop',
  entity: 'hot',
  value: z.number(),
  ttlMs: 60_000,
  l1: { maxEntries: 10, maxBytes: 10_000 },
});

@Controller()
class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly cache: CacheHealthIndicator,
  ) {}

  @Get('healthz')
  check(): Promise<HealthCheckResult> {
    return this.health.check([() => this.cache.isHealthy('cache')]);
  }

  @Get('degraded')
  degraded(): Promise<HealthCheckResult> {
    return this.health.check([() => this.cache.isHealthy('cache', { whenUnreachable: 'degraded' })]);
  }
}

@Module({ imports: [TerminusModule], controllers: [HealthController] })
class HealthModule {}

let app: TestingModule;
let store: FaultyStore;
let health: HealthController;

beforeEach(async () => {
  store = new FaultyStore(new MemoryStore());
  const cacheModule = CacheModule.forRoot({ store, operationTimeoutMs: 50, breakAfter: 1 });
  app = await Test.createTestingModule({ imports: [cacheModule, HealthModule] }).compile();
  app.useLogger(false);
  await app.init();
  health = app.get(HealthController);
});

afterEach(() => app.close());

it('is up with the latency, as Terminus understands it', async () => {
  app.get(Cache).space(hot);
  const { status, info } = await health.check();
  expect(status).toBe('ok');
  expect(info).toEqual({
    cache: {
      status: 'up',
      latencyMs: expect.any(Number) as number,
      circuit: 'closed',
      pendingInvalidations: 0,
      l1: { 'shop:hot': 'on' },
    },
  });
  expect(info!['cache']!['latencyMs']).toBeGreaterThanOrEqual(0);
});

it('is down when the store refuses, and tells what waits', async () => {
  store.fail('refuse');
  const cache = app.get(Cache);
  await expect(cache.space(hot).invalidate(['1', '2'])).rejects.toMatchObject({ code: 'INVALIDATION_PENDING' });
  await cache.space(hot).getOrSet('3', async () => 3);
  const failure: unknown = await health.check().catch((error: unknown) => error);
  expect(failure).toMatchObject({
    status: 503,
    response: {
      status: 'error',
      error: { cache: { status: 'down', reason: 'unreachable', circuit: 'open', pendingInvalidations: 2 } },
    },
  });
  store.heal();
});

it('is degraded if it is told that the service does without', async () => {
  store.fail('refuse');
  expect(await health.degraded()).toMatchObject({ status: 'degraded', details: { cache: { status: 'degraded' } } });
  store.heal();
});

it('takes no longer than the operation timeout for a store that hangs', async () => {
  store.fail('hang');
  const startedMs = performance.now();
  const { cache } = await app.get(CacheHealthIndicator).isHealthy('cache');
  expect(performance.now() - startedMs).toBeLessThan(500);
  expect(cache).toEqual({ status: 'down', reason: 'timeout', circuit: 'closed', pendingInvalidations: 0, l1: {} });
  store.heal();
});

it('says of a tier that cannot vouch for its values that it is off', async () => {
  const cache = app.get(Cache);
  cache.space(hot);
  await cache.close();
  expect(cache.condition.l1).toEqual({ 'shop:hot': 'off' });
});
