import { Injectable } from '@nestjs/common';
import type { NewProduct, Product, ProductChanges } from '@larder/contracts';
import type { Answer } from '@larder/platform';
import { Announcer } from '../changes/announcer.js';
import type { Origin } from '../changes/committed.js';
import type { VersionedChange } from '../changes/versioned-change.js';
import { ProductRepository } from './domain/product-repository.js';

/** Changes to products. Each commits, then invalidates before it returns, so that the next reader sees it. */
@Injectable()
export class ProductEditor {
  constructor(
    private readonly products: ProductRepository,
    private readonly announcer: Announcer,
  ) {}

  /** @throws {SkuTaken} @throws {CategoryNotFound} */
  async create(product: NewProduct, origin: Origin): Promise<Answer<Product>> {
    return this.announcer.announce(await this.products.create(product, origin));
  }

  /** @throws {ProductNotFound} @throws {VersionConflict} @throws {CategoryNotFound} */
  async update(change: VersionedChange<ProductChanges>, origin: Origin): Promise<Answer<Product>> {
    return this.announcer.announce(await this.products.update(change, origin));
  }

  /** @throws {ProductNotFound} @throws {VersionConflict} */
  async remove(id: string, expectedVersion: number, origin: Origin): Promise<Answer<null>> {
    return this.announcer.announce(await this.products.remove(id, expectedVersion, origin));
  }
}
