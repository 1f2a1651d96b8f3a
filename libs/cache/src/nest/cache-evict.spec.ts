import { Test } from '@nestjs/testing';
import { members, names, openShop, type OpenShop, products, Shop, ShopModule } from '../../test/support/shop.js';
import { Cache } from '../core/cache.js';
import { hashId } from '../core/key.js';
import { deferred } from '../testing/deferred.js';
import { CacheEvict, CacheModule } from './index.js';

let app: OpenShop['app'];
let store: OpenShop['store'];
let shop: Shop;
let elsewhere: OpenShop['elsewhere'];

beforeEach(async () => {
  ({ app, store, shop, elsewhere } = await openShop());
});

afterEach(() => app.close());

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

/** The compiler is the test: each line that must not compile says so. */
export class Typed {
  // @ts-expect-error: version takes another result
  @CacheEvict(products, { version: (result: { version: number }) => result.version })
  async otherResult(id: string): Promise<string> {
    return id;
  }

  // @ts-expect-error: resultId takes other arguments
  @CacheEvict(products, { resultId: (_result: unknown, id: number) => String(id) })
  async otherArguments(id: string): Promise<string> {
    return id;
  }

  @CacheEvict(products, { resultId: ({ id }: { id: string }) => id })
  async needsNoFirstId(row: { id: string }): Promise<{ id: string }> {
    return row;
  }
}
