import { Injectable } from '@nestjs/common';
import { Cache, type SpaceCache } from '@larder/cache';
import {
  categorySpace,
  categoryTreeSpace,
  TREE_TAG,
  type Category,
  type CategoryPage,
  type MinVersions,
} from '@larder/contracts';
import { answer, type Answer } from '@larder/platform';
import { reportOf } from '../caching/cache-report.js';
import { hydrate } from '../caching/hydrate.js';
import { notBefore } from '../caching/min-version.js';
import { patienceOf, type Waiting } from '../caching/patience.js';
import { CategoryNotFound } from './domain/category-errors.js';
import { CategoryRepository } from './domain/category-repository.js';
import { inTreeOrder } from './domain/tree-order.js';

const CACHE_NAME = 'larder-category';

/** Cached reads of categories: each by its id, the tree as a list of ids. */
@Injectable()
export class CategoryReader {
  private readonly entries: SpaceCache<Category>;
  private readonly trees: SpaceCache<string[]>;

  constructor(
    cache: Cache,
    private readonly categories: CategoryRepository,
  ) {
    this.entries = cache.space(categorySpace);
    this.trees = cache.space(categoryTreeSpace);
  }

  /** Neither a category nor its absence older than `minVersion`. @throws {CategoryNotFound} */
  async get(id: string, caller: Waiting, minVersion?: number): Promise<Answer<Category>> {
    const { timeoutMs } = patienceOf(caller);
    const options = { timeoutMs, ...notBefore(minVersion) };
    const read = await this.entries.read(id, () => this.categories.find(id), options);
    if (read.value === null) throw new CategoryNotFound(id);
    return answer(read.value, [reportOf(CACHE_NAME, read)]);
  }

  /** The whole tree, parents before children, siblings by name; no category older than `minVersions` says. */
  async tree(caller: Waiting, minVersions?: MinVersions): Promise<Answer<CategoryPage>> {
    const read = await this.trees.read('all', async () => idsOf(await this.categories.findAll()), {
      tags: [TREE_TAG],
      ...patienceOf(caller),
    });
    const load = (missing: string[]): Promise<Map<string, Category>> => this.categories.findMany(missing);
    const entities = { space: this.entries, cacheName: CACHE_NAME, load, minVersions };
    const { data: items, cache } = await hydrate(entities, read.value, caller);
    return answer({ items, nextCursor: null }, [reportOf('larder-tree', read), ...cache]);
  }
}

function idsOf(categories: readonly Category[]): string[] {
  return inTreeOrder(categories).map(({ id }) => id);
}
