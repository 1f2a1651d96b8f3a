import { Cache, MemoryStore } from '@larder/cache';
import { ProductReader } from '../products/product-reader.js';
import type { ProductRepository } from '../products/domain/product-repository.js';
import type { Announcer } from '../changes/announcer.js';
import type { StockRepository } from './domain/stock-repository.js';
import { StockService } from './stock-service.js';

/** What stands for a database that answers nothing but which products there are. */
const never = () => new Promise<never>(() => undefined);
const stock = { find: never, counts: never } as unknown as StockRepository;
const products = { findMany: async () => new Map() } as unknown as ProductRepository;
const cache = new Cache({ store: new MemoryStore() });
const service = new StockService(cache, stock, new ProductReader(cache, products), undefined as unknown as Announcer);

describe('stock', () => {
  const caller = { remainingMs: () => 50 };

  it('is refused to a caller whose time is over', async () => {
    await expect(service.get('1', caller)).rejects.toMatchObject({ code: 'LOAD_TIMEOUT' });
  });

  it('is refused to a cart whose time is over', async () => {
    await expect(service.offers(['1'], caller)).rejects.toMatchObject({ code: 'LOAD_TIMEOUT' });
  });
});
