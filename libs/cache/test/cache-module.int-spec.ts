import { z } from 'zod';
import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { startRedis, until, type Server } from '../../../tools/services/index.js';
import { Cache, connectRedis, defineSpace, MemoryStore, RedisStore } from '../src/index.js';
import { CacheModule } from '../src/nest/index.js';
import { deferred } from '../src/testing/index.js';

const numbers = defineSpace({ service: 'shop', entity: 'number', value: z.number(), ttlMs: 60_000 });

@Injectable()
class Numbers {
  constructor(private readonly cache: Cache) {}

  get(load: () => Promise<number>): Promise<number> {
    return this.cache.space(numbers).getOrSet('1', load);
  }
}

@Module({ providers: [Numbers] })
class NumbersModule {}

let server: Server;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

/** The tests are about what is stored where, not about how soon a store counts as failing on a busy machine. */
const PATIENT = { operationTimeoutMs: 2_000 };

async function start(cacheModule: ReturnType<typeof CacheModule.forRoot>) {
  const testing = await Test.createTestingModule({ imports: [cacheModule, NumbersModule] }).compile();
  await testing.init();
  return testing;
}

it('gives every module one cache in Redis, shared with other applications, and disconnects at the end', async () => {
  const first = await start(CacheModule.forRoot({ redis: server, ...PATIENT }));
  const second = await start(CacheModule.forRootAsync({ useFactory: () => ({ redis: server, ...PATIENT }) }));
  expect(await first.get(Numbers).get(async () => 7)).toBe(7);
  expect(await second.get(Numbers).get(async () => 8)).toBe(7);
  await Promise.all([first.close(), second.close()]);
});

it('stores what is still loading when the application closes, before it disconnects', async () => {
  const redis = connectRedis(server, () => undefined);
  await redis.connect();
  const elsewhere = new Cache({ store: new RedisStore(redis), ...PATIENT }).space(numbers);
  await elsewhere.invalidate('1');
  const testing = await start(CacheModule.forRoot({ redis: server, ...PATIENT }));
  const [begun, loaded] = [deferred<undefined>(), deferred<number>()];
  const reading = testing.get(Numbers).get(() => {
    begun.resolve(undefined);
    return loaded.promise;
  });
  await begun.promise;
  const closing = testing.close();
  await elsewhere.explain('1');
  loaded.resolve(9);
  await closing;
  expect(await reading).toBe(9);
  expect(await elsewhere.peek('1')).toMatchObject({ status: 'fresh', value: 9 });
  await redis.quit();
});

it('takes a store of the caller, and needs no Redis then', async () => {
  const testing = await start(CacheModule.forRoot({ store: new MemoryStore() }));
  expect(await testing.get(Numbers).get(async () => 7)).toBe(7);
  await testing.close();
});

it('starts without its Redis, and uses it once it is there', async () => {
  await server.kill();
  const testing = await start(CacheModule.forRoot({ redis: server }));
  expect(await testing.get(Numbers).get(async () => 1)).toBe(1);
  await server.restart({ empty: true });
  const cache = testing.get(Cache);
  await until('it uses Redis', 5_000, () => cache.ping());
  await testing.close();
});
