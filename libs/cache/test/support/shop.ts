import { z } from 'zod';
import { Injectable, Module, Scope, SetMetadata } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { TestingModule } from '@nestjs/testing';
import { Cache } from '../../src/core/cache.js';
import type { Tag } from '../../src/core/invalidation.js';
import { hashId } from '../../src/core/key.js';
import { MemoryStore } from '../../src/core/memory-store.js';
import type { SpaceCache } from '../../src/core/space-cache.js';
import { defineSpace } from '../../src/core/define-space.js';
import { tag } from '../../src/core/tag.js';
import { Cacheable, CacheEvict, CacheModule, CachePut } from '../../src/nest/index.js';
import { FaultyStore } from '../../src/testing/faulty-store.js';

const Product = z.object({ name: z.string(), version: z.number() });
/** What the shop sells. */
export type Product = z.infer<typeof Product>;

interface Added {
  readonly ids: string[];
  readonly name: string;
  readonly version: number;
}

/** Products, by their ids. */
export const products = defineSpace({
  service: 'shop',
  entity: 'product',
  value: Product,
  version: (product) => product.version,
  ttlMs: 60_000,
});

/** Texts of any kind; they have no versions. */
export const names = defineSpace({ service: 'shop', entity: 'name', value: z.string(), ttlMs: 60_000 });

/** What the lists of a category are invalidated by. */
export const members = (category: string): Tag => tag('shop', 'members', category);

/** A service whose methods are cached, and which notes their calls; `gate` holds them up. */
@Injectable()
export class Shop {
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

/** A shop of one request. */
@Injectable({ scope: Scope.REQUEST })
export class RequestShop extends Shop {
  @Cacheable(names)
  async own(id: string): Promise<string> {
    return `own ${id}`;
  }
}

/** What a service under test imports beside its CacheModule. */
@Module({ providers: [Shop, RequestShop] })
export class ShopModule {}

/** What {@link openShop} starts. */
export interface OpenShop {
  readonly app: TestingModule;
  readonly store: FaultyStore;
  readonly shop: Shop;
  /** What another process sees that uses the same store. */
  readonly elsewhere: () => SpaceCache<Product>;
}

/** Starts an app with a shop and a store of its own. */
export async function openShop(): Promise<OpenShop> {
  const store = new FaultyStore(new MemoryStore());
  const cacheModule = CacheModule.forRoot({ store, operationTimeoutMs: 1_000 });
  const app = await Test.createTestingModule({ imports: [cacheModule, ShopModule] }).compile();
  await app.init();
  return { app, store, shop: app.get(Shop), elsewhere: () => new Cache({ store }).space(products) };
}
