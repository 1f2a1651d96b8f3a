import { members, names, openShop, type OpenShop, type Product, products, type Shop } from '../../test/support/shop.js';
import { Cache } from '../core/cache.js';
import { CachePut } from './index.js';

let app: OpenShop['app'];
let store: OpenShop['store'];
let shop: Shop;
let elsewhere: OpenShop['elsewhere'];

beforeEach(async () => {
  ({ app, store, shop, elsewhere } = await openShop());
});

afterEach(() => app.close());

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
  // @ts-expect-error: tags take another result
  @CachePut(products, { tags: (result: { category: string }) => [members(result.category)] })
  async otherTags(id: string): Promise<Product> {
    return { name: id, version: 1 };
  }

  // @ts-expect-error: a value is put under one id
  @CachePut(products, { resultId: (_result: Product, id: string) => [id] })
  async severalIds(id: string): Promise<Product> {
    return { name: id, version: 1 };
  }
}
