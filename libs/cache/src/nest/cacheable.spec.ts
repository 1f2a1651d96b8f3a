import { ContextIdFactory } from '@nestjs/core';
import { members, names, openShop, type OpenShop, products, RequestShop, Shop } from '../../test/support/shop.js';
import { Cache } from '../core/cache.js';
import { deferred } from '../testing/deferred.js';
import { Cacheable } from './index.js';

let app: OpenShop['app'];
let shop: Shop;
let elsewhere: OpenShop['elsewhere'];

beforeEach(async () => {
  ({ app, shop, elsewhere } = await openShop());
});

afterEach(() => app.close());

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

  // @ts-expect-error: a method that is not asynchronous cannot be cached
  @Cacheable(names)
  sync(id: string): string {
    return id;
  }
}
