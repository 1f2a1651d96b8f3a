import { z } from 'zod';
import { Injectable, Module, Scope, SetMetadata } from '@nestjs/common';
import { ContextIdFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import type { TestingModule } from '@nestjs/testing';
import { Cache } from '../core/cache.js';
import type { Tag } from '../core/invalidation.js';
import { hashId } from '../core/key.js';
import { MemoryStore } from '../core/memory-store.js';
import { defineSpace } from '../core/space.js';
import { tag } from '../core/tag.js';
import { deferred } from '../testing/deferred.js';
import { FaultyStore } from '../testing/faulty-store.js';
import { Cacheable, CacheEvict, CacheModule, CachePut } from './index.js';

const Product = z.object({ name: z.string(), version: z.number() });
type Product = z.infer<typeof Product>;

interface Added {
  readonly ids: string[];
  readonly name: string;
  readonly version: number;
}

const products = defineSpace({
  service: 'shop',
  entity: 'product',
  value: Product,
  version: (product) => product.version,
  ttlMs: 60_000,
});
const names = defineSpace({ service: 'shop', entity: 'name', value: z.string(), ttlMs: 60_000 });
const members = (category: string) => tag('shop', 'members', category);

@Injectable()
class Shop {
  readonly table = new Map<string, Product | null>([['1', { name: 'Tea', version: 1 }]]);
  calls: unknown[][] = [];
  gate: Promise<unknown> = Promise.resolve();

  @SetMetadata('below', 1)
  @Cacheable(products)
  @SetMetadata('beneath', 2)
  async find(id: string, ...more: unknown[]): Promise<Product | null | undefined> {
    this.calls.push([id, ...more]);
    const found = this.table.get(id);
    await this.gate;
    return found;
  }

  @Cacheable(names, {
    id: (query: { category: string; page: number }, locale: string) => hashId({ ...query, locale }),
    tags: ({ category }: { category: string }) => [members(category)],
  })
  async search(query: { category: string; page: number }, locale: string): Promise<string> {
    this.calls.push([query, locale]);
    return `${query.category} ${query.page} ${locale}`;
  }

  @Cacheable(names, { timeoutMs: 20 })
  async slow(id: number): Promise<string> {
    await this.gate;
    return `slow ${id}`;
  }

  @CacheEvict(products, { version: ({ version }: Product) => version })
  async rename(id: string, name: string): Promise<Product> {
    await this.gate;
    const row = { name, version: (this.table.get(id)?.version ?? 0) + 1 };
    this.table.set(id, row);
    return row;
  }

  @CacheEvict(products, { id: (_reason: string, id: number) => String(id) })
  async remove(reason: string, id: number): Promise<string> {
    if (reason === '') throw new TypeError('no reason');
    this.table.set(String(id), null);
    return reason;
  }

  @CacheEvict(products, { onPending: 'reject' })
  async removeForSure(id: string): Promise<void> {
    this.table.set(id, null);
  }

  @CacheEvict(products, { version: (_result: unknown, _id: string, version?: number) => version ?? fail() })
  async touch(id: string, version?: number): Promise<void> {
    this.table.set(id, { name: `touched at ${version ?? 'no version'}`, version: 1 });
  }

  @CacheEvict(products, { id: (ids: string[]) => ids, tags: (tags: Tag[]) => tags })
  async removeAll(ids: string[], category: string): Promise<Tag[]> {
    for (const id of ids) this.table.set(id, null);
    return [members(category)];
  }

  /** The names stand for what throws when it is asked. */
  @CacheEvict(products, {
    resultId: ({ ids, name }: Added) => (name === 'no id' ? fail() : ids),
    version: ({ version, name }: Added) => (name === 'no version' ? fail() : version),
    tags: ({ name }: Added, category: string) => (name === 'no tags' ? fail() : [members(category)]),
  })
  async add(category: string, added: Omit<Added, 'version'>): Promise<Added> {
    this.calls.push([category]);
    return { ...added, version: 2 };
  }

  @CachePut(products, {
    resultId: (row: Product | null, query: { id: string }) => (row?.name === 'no id' ? fail() : query.id),
    tags: (row: Product | null) => (row?.name === 'no tags' ? fail() : [members('tea')]),
  })
  async replace(query: { id: string }, row: Product | null): Promise<Product | null> {
    this.table.set(query.id, row);
    return row;
  }

  @CachePut(products)
  async save(id: string, row: Product | null): Promise<Product | null> {
    this.table.set(id, row);
    return row;
  }
}

function fail(): never {
  throw new RangeError('not told');
}

@Injectable({ scope: Scope.REQUEST })
class RequestShop extends Shop {
  @Cacheable(names)
  async own(id: string): Promise<string> {
    return `own ${id}`;
  }
}

@Module({ providers: [Shop, RequestShop] })
class ShopModule {}

let app: TestingModule;
let store: FaultyStore;
let shop: Shop;

beforeEach(async () => {
  store = new FaultyStore(new MemoryStore());
  const cacheModule = CacheModule.forRoot({ store, operationTimeoutMs: 1_000 });
  app = await Test.createTestingModule({ imports: [cacheModule, ShopModule] }).compile();
  await app.init();
  shop = app.get(Shop);
});

afterEach(() => app.close());

/** What another process sees that uses the same store. */
const elsewhere = () => new Cache({ store }).space(products);

describe('@Cacheable', () => {
  it('calls the method once, with its own this and all arguments, and answers from the cache then', async () => {
    expect(await shop.find('1', 'a', { b: 1 })).toEqual({ name: 'Tea', version: 1 });
    expect(await shop.find('1')).toEqual({ name: 'Tea', version: 1 });
    expect(shop.calls).toEqual([['1', 'a', { b: 1 }]]);
    expect(await elsewhere().peek('1')).toMatchObject({ status: 'fresh', version: 1 });
  });

  it('lets callers that come together share one call', async () => {
    const all = await Promise.all([shop.find('1'), shop.find('1'), shop.find('1')]);
    expect(all).toEqual([1, 2, 3].map(() => ({ name: 'Tea', version: 1 })));
    expect(shop.calls).toHaveLength(1);
  });

  it('caches null and not undefined', async () => {
    shop.table.set('2', null);
    for (const id of ['2', '2', '3', '3']) expect(await shop.find(id)).toBe(id === '2' ? null : undefined);
    expect(shop.calls).toEqual([['2'], ['3'], ['3']]);
  });

  it('passes errors of the method unchanged, and caches none', async () => {
    const error = new Error('gone');
    shop.gate = Promise.reject(error);
    await expect(shop.find('1')).rejects.toBe(error);
    shop.gate = Promise.resolve();
    expect(await shop.find('1')).toEqual({ name: 'Tea', version: 1 });
  });

  it('makes id and tags from all arguments', async () => {
    const query = { category: 'tea', page: 1 };
    expect(await shop.search(query, 'de')).toBe('tea 1 de');
    expect(await shop.search({ page: 1, category: 'tea' }, 'de')).toBe('tea 1 de');
    expect(await shop.search(query, 'en')).toBe('tea 1 en');
    expect(shop.calls).toHaveLength(2);
    await app.get(Cache).invalidate({ entries: [], tags: [members('coffee')] });
    await shop.search(query, 'de');
    expect(shop.calls).toHaveLength(2);
    await app.get(Cache).invalidate({ entries: [], tags: [members('tea')] });
    await shop.search(query, 'de');
    expect(shop.calls).toHaveLength(3);
  });

  it('takes a number for an id, and waits no longer than it is told', async () => {
    const held = deferred<undefined>();
    shop.gate = held.promise;
    await expect(shop.slow(5)).rejects.toMatchObject({ code: 'LOAD_TIMEOUT' });
    held.resolve(undefined);
    expect(await shop.slow(5)).toBe('slow 5');
  });

  it.each([[{ page: 1 }], [undefined], [NaN]])(
    'says what to do about the argument %j, which tells no id',
    async (id) => {
      await expect(shop.find(id as unknown as string)).rejects.toThrow(/^Shop\.find .*hashId/);
      expect(shop.calls).toEqual([]);
    },
  );

  it('keeps a value out that was invalidated while the method ran', async () => {
    const held = deferred<undefined>();
    shop.gate = held.promise;
    const reading = shop.find('1');
    while (shop.calls.length === 0) await new Promise(setImmediate);
    await elsewhere().invalidate('1', { version: 2 });
    held.resolve(undefined);
    expect(await reading).toEqual({ name: 'Tea', version: 1 });
    expect(await elsewhere().peek('1')).toEqual({ status: 'absent' });
  });

  it('keeps name and metadata of the method', () => {
    const find = Reflect.get(Shop.prototype, 'find');
    expect(find.name).toBe('find');
    expect(Reflect.getMetadata('below', find)).toBe(1);
    expect(Reflect.getMetadata('beneath', find)).toBe(2);
  });

  it('works in request-scoped classes and in what they inherit', async () => {
    const requests = [ContextIdFactory.create(), ContextIdFactory.create()];
    const shops = await Promise.all(requests.map((each) => app.resolve(RequestShop, each)));
    expect(shops[0]).not.toBe(shops[1]);
    for (const each of shops) {
      expect(await each.own('7')).toBe('own 7');
      expect(await each.find('1')).toEqual({ name: 'Tea', version: 1 });
    }
    expect(shops.map(({ calls }) => calls.length)).toEqual([1, 0]);
  });
});

describe('without a Cache', () => {
  it('Nest says at its start what is missing', async () => {
    const starting = Test.createTestingModule({ imports: [ShopModule] }).compile();
    await expect(starting).rejects.toThrow(/Shop.*Cache of CacheModule\.forRoot, for @Cacheable/s);
  });

  it('a class that Nest did not create says so', async () => {
    await expect(new Shop().find('1')).rejects.toThrow('Shop.find needs a Cache: let Nest create Shop');
  });

  it('what is no method is refused', () => {
    const decorate = Cacheable(names) as (target: object, property: string, descriptor: object) => void;
    expect(() => {
      decorate(Shop.prototype, 'table', { value: 5 });
    }).toThrow('Shop.table is no method');
  });
});

describe('@CacheEvict', () => {
  it('invalidates what is older than the version, after the method has resolved', async () => {
    await shop.find('1');
    const held = deferred<undefined>();
    shop.gate = held.promise;
    const renaming = shop.rename('1', 'Green tea');
    expect(await elsewhere().peek('1')).toMatchObject({ value: { name: 'Tea' } });
    held.resolve(undefined);
    expect(await renaming).toEqual({ name: 'Green tea', version: 2 });
    expect(await elsewhere().explain('1')).toMatchObject({ state: 'invalidated', version: 2 });
    expect(await shop.find('1')).toEqual({ name: 'Green tea', version: 2 });
  });

  it('invalidates nothing if the method fails, and passes its error', async () => {
    await shop.find('1');
    await expect(shop.remove('', 1)).rejects.toThrow('no reason');
    expect(await elsewhere().peek('1')).toMatchObject({ status: 'fresh' });
    expect(await shop.remove('sold out', 1)).toBe('sold out');
    expect(await elsewhere().peek('1')).toEqual({ status: 'absent' });
    expect(await shop.find('1')).toBeNull();
  });

  it('fails before the method runs if the arguments tell no id', async () => {
    await expect(shop.rename({} as unknown as string, 'x')).rejects.toThrow(/^Shop\.rename/);
    expect(shop.table.size).toBe(1);
  });

  it.each([NaN, 0, -1, 1.5])('invalidates every version if the result tells %d, which is none', async (version) => {
    await shop.find('1');
    await shop.touch('1', version);
    expect(await elsewhere().peek('1')).toEqual({ status: 'absent' });
  });

  it('invalidates every version if asking for it throws', async () => {
    shop.table.set('2', { name: 'Coffee', version: 9 });
    await shop.find('2');
    await expect(shop.touch('2')).rejects.toThrow('not told');
    expect(await elsewhere().peek('2')).toEqual({ status: 'absent' });
  });

  it('takes no version for a space without versions', () => {
    expect(() => CacheEvict(names, { version: () => 1 })).toThrow('shop:name has no versions');
  });

  it('resolves when the invalidation has to wait, and this process does not serve the entry meanwhile', async () => {
    await shop.find('1');
    store.fail('refuse', { only: ['invalidate'] });
    expect(await shop.rename('1', 'Green tea')).toEqual({ name: 'Green tea', version: 2 });
    expect(app.get(Cache).pendingInvalidations).toBe(1);
    expect(await shop.find('1')).toEqual({ name: 'Green tea', version: 2 });
    expect(await elsewhere().peek('1')).toMatchObject({ value: { name: 'Tea' } });
    store.heal();
  });

  it('rejects instead if it is told to', async () => {
    store.fail('refuse', { only: ['invalidate'] });
    await expect(shop.removeForSure('1')).rejects.toMatchObject({ code: 'INVALIDATION_PENDING' });
    expect(shop.table.get('1')).toBeNull();
    store.heal();
  });

  it('rejects when nobody will repeat it', async () => {
    const cacheModule = CacheModule.forRoot({ store, maxPendingInvalidations: 0 });
    const other = await Test.createTestingModule({ imports: [cacheModule, ShopModule] }).compile();
    store.fail('refuse', { only: ['invalidate'] });
    await expect(other.get(Shop).rename('1', 'x')).rejects.toMatchObject({ code: 'INVALIDATION_LOST' });
    store.heal();
  });
});

describe('@CacheEvict of several', () => {
  const query = { category: 'tea', page: 1 };
  const all = async (id: string): Promise<string[]> => {
    const [entry, other] = [await elsewhere().peek(id), await elsewhere().peek('1')];
    const list = await new Cache({ store })
      .space(names)
      .peek(hashId({ ...query, locale: 'de' }), { tags: [members('tea')] });
    return [entry.status, other.status, list.status];
  };

  beforeEach(async () => {
    shop.table.set('2', { name: 'Coffee', version: 1 });
    for (const id of ['1', '2']) await shop.find(id);
    await shop.search(query, 'de');
    expect(await all('2')).toEqual(['fresh', 'fresh', 'fresh']);
  });

  it('invalidates all ids that the arguments tell, and tags, in one round trip', async () => {
    const before = store.count('invalidate');
    await shop.removeAll(['1', '2'], 'tea');
    expect(await all('2')).toEqual(['absent', 'absent', 'absent']);
    expect(store.count('invalidate') - before).toBe(1);
  });

  it('invalidates what the result tells, at its version', async () => {
    await shop.add('tea', { ids: ['2', '3'], name: 'Mate' });
    expect(await all('2')).toEqual(['absent', 'fresh', 'absent']);
    for (const id of ['2', '3']) expect(await elsewhere().explain(id)).toMatchObject({ version: 2 });
  });

  it('retires tags alone if there are no ids', async () => {
    await shop.add('tea', { ids: [], name: 'Mate' });
    expect(await all('2')).toEqual(['fresh', 'fresh', 'absent']);
  });

  it.each([
    ['no id', ['fresh', 'fresh', 'absent']],
    ['no version', ['absent', 'fresh', 'absent']],
    ['no tags', ['absent', 'fresh', 'fresh']],
  ])('invalidates the rest if an option throws, and throws that: %s', async (name, left) => {
    await expect(shop.add('tea', { ids: ['2'], name })).rejects.toThrow('not told');
    expect(await all('2')).toEqual(left);
  });

  it('invalidates the rest if one of the ids is none', async () => {
    await expect(shop.add('tea', { ids: ['', '2'], name: 'Mate' })).rejects.toThrow('id that is not empty');
    expect(await all('2')).toEqual(['absent', 'fresh', 'absent']);
  });
});

describe('@CachePut', () => {
  it('takes id and tags from the result, also if the store does not answer', async () => {
    const list = () => shop.search({ category: 'tea', page: 1 }, 'de');
    await shop.find('1');
    await list();
    const row = { name: 'Green tea', version: 2 };
    expect(await shop.replace({ id: '1' }, row)).toEqual(row);
    expect(await elsewhere().peek('1')).toMatchObject({ status: 'fresh', value: row });
    await list();
    expect(shop.calls).toHaveLength(3);
    store.fail('refuse', { only: ['put', 'invalidate'] });
    expect(await shop.replace({ id: '1' }, { name: 'Black tea', version: 3 })).toMatchObject({ version: 3 });
    expect(app.get(Cache).pendingInvalidations).toBe(2);
    store.heal();
  });

  it('does the rest if an option throws, and throws that', async () => {
    await shop.find('1');
    await shop.search({ category: 'tea', page: 1 }, 'de');
    await expect(shop.replace({ id: '1' }, { name: 'no id', version: 2 })).rejects.toThrow('not told');
    await shop.search({ category: 'tea', page: 1 }, 'de');
    expect(shop.calls).toHaveLength(3);
    await expect(shop.replace({ id: '1' }, { name: 'no tags', version: 2 })).rejects.toThrow('not told');
    expect(await elsewhere().peek('1')).toMatchObject({ value: { name: 'no tags' } });
  });

  it('puts what the method resolves to in the place of an older value', async () => {
    await shop.find('1');
    const row = { name: 'Green tea', version: 2 };
    expect(await shop.save('1', row)).toEqual(row);
    expect(await elsewhere().peek('1')).toMatchObject({ status: 'fresh', value: row, version: 2 });
  });

  it('invalidates the entry of a row that is gone', async () => {
    await shop.find('1');
    expect(await shop.save('1', null)).toBeNull();
    expect(await elsewhere().peek('1')).toEqual({ status: 'absent' });
  });

  it('resolves when the store does not answer', async () => {
    await shop.find('1');
    store.fail('refuse', { only: ['put', 'invalidate'] });
    expect(await shop.save('1', { name: 'Green tea', version: 2 })).toEqual({ name: 'Green tea', version: 2 });
    expect(app.get(Cache).pendingInvalidations).toBe(1);
    store.heal();
  });

  it('invalidates the entry if the value has no version, and says so', async () => {
    await shop.find('1');
    const row = { name: 'Green tea', version: NaN };
    await expect(shop.save('1', row)).rejects.toThrow('shop:product cannot read a version');
    expect(await elsewhere().peek('1')).toEqual({ status: 'absent' });
  });

  it('is refused for a space without versions', () => {
    expect(() => CachePut(names)).toThrow('shop:name has no versions');
  });
});

/** The compiler is the test: each line that must not compile says so. */
export class Typed {
  @Cacheable(names)
  async text(id: string): Promise<string | null> {
    return id;
  }

  // @ts-expect-error: the space holds products, and the method resolves to a string
  @Cacheable(products)
  async otherValue(id: string): Promise<string> {
    return id;
  }

  // @ts-expect-error: the method promises more than the space holds
  @Cacheable(names)
  async narrower(id: string): Promise<'a' | 'b'> {
    return id === 'a' ? id : 'b';
  }

  // @ts-expect-error: the first argument tells no id
  @Cacheable(names)
  async noId(query: { page: number }): Promise<string> {
    return String(query.page);
  }

  // @ts-expect-error: id takes a number where the method takes a string
  @Cacheable(names, { id: (id: number) => String(id) })
  async otherId(id: string): Promise<string> {
    return id;
  }

  // @ts-expect-error: version takes another result
  @CacheEvict(products, { version: (result: { version: number }) => result.version })
  async otherResult(id: string): Promise<string> {
    return id;
  }

  // @ts-expect-error: tags take another result
  @CachePut(products, { tags: (result: { category: string }) => [members(result.category)] })
  async otherTags(id: string): Promise<Product> {
    return { name: id, version: 1 };
  }

  // @ts-expect-error: resultId takes other arguments
  @CacheEvict(products, { resultId: (_result: unknown, id: number) => String(id) })
  async otherArguments(id: string): Promise<string> {
    return id;
  }

  // @ts-expect-error: a value is put under one id
  @CachePut(products, { resultId: (_result: Product, id: string) => [id] })
  async severalIds(id: string): Promise<Product> {
    return { name: id, version: 1 };
  }

  @CacheEvict(products, { resultId: ({ id }: { id: string }) => id })
  async needsNoFirstId(row: { id: string }): Promise<{ id: string }> {
    return row;
  }

  // @ts-expect-error: a method that is not asynchronous cannot be cached
  @Cacheable(names)
  sync(id: string): string {
    return id;
  }
}
