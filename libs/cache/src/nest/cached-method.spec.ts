import { Test } from '@nestjs/testing';
import { names, Shop, ShopModule } from '../../test/support/shop.js';
import { Cacheable } from './index.js';

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
