import { z } from 'zod';
import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Cache } from '../core/cache.js';
import { MemoryStore } from '../core/memory-store.js';
import type { SpaceCache } from '../core/space-cache.js';
import { defineSpace } from '../core/define-space.js';
import { deferred } from '../testing/deferred.js';
import { CacheModule, InjectSpace, type CacheModuleOptions } from './index.js';

const space = (entity: string) => defineSpace({ service: 'shop', entity, value: z.number(), ttlMs: 60_000 });
const prices = space('price');
const stocks = space('stock');

@Injectable()
class Reader {
  @InjectSpace(stocks)
  readonly stocks!: SpaceCache<number>;

  constructor(@InjectSpace(prices) readonly prices: SpaceCache<number>) {}
}

@Module({ imports: [CacheModule.forFeature([prices, stocks])], providers: [Reader], exports: [Reader] })
class ShopModule {}

const start = async (...imports: Parameters<typeof Test.createTestingModule>[0]['imports'] & object) => {
  const app = await Test.createTestingModule({ imports }).compile();
  return app.init();
};

it('injects the cache of each space, into constructors and properties, as the Cache itself would give it', async () => {
  const app = await start(CacheModule.forRoot({ store: new MemoryStore() }), ShopModule);
  const reader = app.get(Reader);
  const cache = app.get(Cache);
  expect(reader.prices).toBe(cache.space(prices));
  expect(reader.stocks).toBe(cache.space(stocks));
  expect(await reader.prices.getOrSet('1', async () => 7)).toBe(7);
  expect(await reader.stocks.getOrSet('1', async () => 8)).toBe(8);
  await app.close();
});

it('gives several modules the same cache of a space, also under forRootAsync', async () => {
  @Module({ imports: [CacheModule.forFeature([prices])], providers: [] })
  class OtherModule {}
  const root = CacheModule.forRootAsync({ useFactory: async () => ({ store: new MemoryStore(), leaseMs: 500 }) });
  const app = await start(root, ShopModule, OtherModule);
  const other: unknown = app.select(OtherModule).get(`SpaceCache of ${prices.prefix}`, { strict: false });
  expect(other).toBe(app.get(Reader).prices);
  await app.close();
});

it('says what is missing when a space has no cache to belong to', async () => {
  await expect(start(ShopModule)).rejects.toThrow(/shop:price.*import CacheModule\.forRoot/);
});

it.each([{}, { redis: undefined }, { store: undefined }])(
  'says what is missing where the options are %p',
  async (options) => {
    const root = CacheModule.forRootAsync({ useFactory: () => options as unknown as CacheModuleOptions });
    await expect(start(root, ShopModule)).rejects.toThrow(
      'CacheModule.forRoot needs `redis`, as { host, port }, or a `store`',
    );
  },
);

it('refuses two definitions of one space', async () => {
  @Module({ imports: [CacheModule.forFeature([space('price')])] })
  class OtherModule {}
  const root = CacheModule.forRoot({ store: new MemoryStore() });
  await expect(start(root, ShopModule, OtherModule)).rejects.toThrow('Two spaces are called shop:price');
});

it('lets a load that nobody waits for any more end and fill before it closes', async () => {
  const store = new MemoryStore();
  const app = await start(CacheModule.forRoot({ store }), ShopModule);
  const loaded = deferred<number>();
  const begun = deferred<undefined>();
  const reading = app.get(Reader).prices.getOrSet('1', () => {
    begun.resolve(undefined);
    return loaded.promise;
  });
  await begun.promise;
  let closed = false;
  const closing = app.close().finally(() => (closed = true));
  for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate);
  expect(closed).toBe(false);
  loaded.resolve(7);
  await closing;
  expect(await new Cache({ store }).space(prices).peek('1')).toMatchObject({ status: 'fresh', value: 7 });
  expect(await reading).toBe(7);
});
