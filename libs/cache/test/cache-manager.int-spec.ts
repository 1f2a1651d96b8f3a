import { CacheInterceptor, CacheTTL } from '@nestjs/cache-manager';
import { Controller, Get, Inject, Module, Param, Post, UseInterceptors } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { Cache as CacheManager } from 'cache-manager';
import { Redis } from 'ioredis';
import { startRedis, until, type Server } from '../../../tools/services/index.js';
import { CACHE_MANAGER, CacheModule } from '../src/nest/index.js';
import { deferred, type Deferred } from '../src/testing/index.js';

/** The row that both applications read. */
let row: string;
/** Lets the next read that has the row return it; reads return at once without one. */
let held: { readonly read: Deferred<undefined>; readonly answer: Deferred<undefined> } | null;
let calls: number;

@Controller('products')
class ProductController {
  constructor(@Inject(CACHE_MANAGER) private readonly manager: CacheManager) {}

  @Get(':id')
  @UseInterceptors(CacheInterceptor)
  @CacheTTL(60_000)
  async read(@Param('id') id: string): Promise<{ id: string; row: string }> {
    calls++;
    const found = { id, row };
    const waiting = held;
    held = null;
    waiting?.read.resolve(undefined);
    await waiting?.answer.promise;
    return found;
  }

  @Post(':id')
  async write(@Param('id') id: string): Promise<void> {
    row = 'new';
    await this.manager.del(`/products/${id}`);
  }
}

@Module({ controllers: [ProductController] })
class ProductModule {}

let server: Server;
let redis: Redis;
const apps: NestFastifyApplication[] = [];

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

beforeEach(() => {
  row = 'old';
  held = null;
  calls = 0;
});
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});

interface Answer {
  readonly body: unknown;
  readonly cached: string | null;
}

/** An application of its own, as another process has it. */
async function start(entity: string): Promise<(path: string, method?: string) => Promise<Answer>> {
  const facade = CacheModule.forCacheManager({ service: 'shop', entity, ttlMs: 1_000 });
  const imports = [CacheModule.forRoot({ redis: server, operationTimeoutMs: 2_000 }), facade, ProductModule];
  const testing = await Test.createTestingModule({ imports }).compile();
  const app = testing.createNestApplication<NestFastifyApplication>(
    new FastifyAdapter({ forceCloseConnections: true }),
  );
  apps.push(app);
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  return async (path, method = 'GET') => {
    const response = await fetch(url + path, { method });
    const text = await response.text();
    return { body: text === '' ? null : (JSON.parse(text) as unknown), cached: response.headers.get('x-cache') };
  };
}

/** Nest's interceptor answers before its value is stored, of which another application may know nothing yet. */
async function untilStored(entity: string): Promise<void> {
  await until('a value is stored', 5_000, async () => {
    const entries = await Promise.all((await redis.keys(`shop:${entity}*`)).map((key) => redis.get(key)));
    return entries.some((entry) => entry?.startsWith('V'));
  });
}

it('serves the CacheInterceptor of Nest, for all applications of one Redis', async () => {
  const [first, second] = [await start('shared'), await start('shared')];
  expect(await first('/products/1')).toEqual({ body: { id: '1', row: 'old' }, cached: 'MISS' });
  expect(await first('/products/1')).toEqual({ body: { id: '1', row: 'old' }, cached: 'HIT' });
  expect(await second('/products/1')).toEqual({ body: { id: '1', row: 'old' }, cached: 'HIT' });
  expect(calls).toBe(1);
  await second('/products/1', 'POST');
  expect(await first('/products/1')).toEqual({ body: { id: '1', row: 'new' }, cached: 'MISS' });
  await untilStored('shared');
  expect(await second('/products/1')).toEqual({ body: { id: '1', row: 'new' }, cached: 'HIT' });
});

it('keeps out what a handler had read before another application changed it', async () => {
  const [first, second] = [await start('raced'), await start('raced')];
  const slow = (held = { read: deferred<undefined>(), answer: deferred<undefined>() });
  const reading = first('/products/1');
  await slow.read.promise;
  await second('/products/1', 'POST');
  slow.answer.resolve(undefined);
  expect(await reading).toEqual({ body: { id: '1', row: 'old' }, cached: 'MISS' });
  for (const read of [first, second]) expect((await read('/products/1')).body).toEqual({ id: '1', row: 'new' });
});

it('stores the answer of whoever comes first when many read at once', async () => {
  const [first, second] = [await start('crowded'), await start('crowded')];
  await Promise.all([first, second, first, second, first].map((read) => read('/products/1')));
  await untilStored('crowded');
  expect(await first('/products/1')).toEqual({ body: { id: '1', row: 'old' }, cached: 'HIT' });
  expect(await second('/products/1')).toEqual({ body: { id: '1', row: 'old' }, cached: 'HIT' });
});
