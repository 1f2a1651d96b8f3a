import { Controller } from '@nestjs/common';
import { catalog, versionedName, type Product, type ProductPage } from '@larder/contracts';
import { answer, type Answer } from '@larder/platform';
import { contentTag, versionTag } from '../http/entity-tag.js';
import type { Exchange } from '../http/exchange.js';
import { NO_BODY, type Reply } from '../http/reply.js';
import type { Given } from '../http/route.js';
import { seenMany } from '../http/seen-versions.js';
import { Call, Input, Serves } from '../http/serves.js';
import { changedVersions, listedVersions } from '../http/told-versions.js';
import { CatalogClient } from '../upstreams/catalog-client.js';
import { ProductReads } from './product-reads.js';
import { productRoutes as routes } from './product-routes.js';

/** Products: reads for anyone, changes for editors. */
@Controller()
export class ProductsController {
  constructor(
    private readonly catalog: CatalogClient,
    private readonly reads: ProductReads,
  ) {}

  @Serves(routes.getProduct)
  async get(@Input() { params }: Given<typeof routes.getProduct>, @Call() call: Exchange): Promise<Reply<Product>> {
    return entity(await this.reads.read(params.id, call));
  }

  @Serves(routes.listProducts)
  async list(
    @Input() { query }: Given<typeof routes.listProducts>,
    @Call() call: Exchange,
  ): Promise<Reply<ProductPage>> {
    const { ids, ...page } = query;
    const seen = await seenMany(call, 'product');
    if (ids === undefined) return list(await this.catalog.call(catalog.listProducts, { ...page, ...seen }, call));
    const { data, cache } = await this.catalog.call(catalog.getProducts, { ids, ...seen }, call);
    return list(answer({ items: data, nextCursor: null }, cache));
  }

  @Serves(routes.searchProducts)
  async search(
    @Input() { query }: Given<typeof routes.searchProducts>,
    @Call() call: Exchange,
  ): Promise<Reply<ProductPage>> {
    const input = { ...query, ...(await seenMany(call, 'product')) };
    return list(await this.catalog.call(catalog.searchProducts, input, call));
  }

  @Serves(routes.createProduct)
  async create(
    @Input() { body, key }: Given<typeof routes.createProduct>,
    @Call() call: Exchange,
  ): Promise<Reply<Product>> {
    const reply = entity(await this.catalog.callOnce(catalog.createProduct, body, call, key));
    return { ...reply, location: `/v1/products/${reply.body.id}` };
  }

  @Serves(routes.updateProduct)
  async update(
    @Input() { params, version, body }: Given<typeof routes.updateProduct>,
    @Call() call: Exchange,
  ): Promise<Reply<Product>> {
    const input = { id: params.id, expectedVersion: version, changes: body };
    return entity(await this.catalog.call(catalog.updateProduct, input, call));
  }

  @Serves(routes.removeProduct)
  async remove(
    @Input() { params, version }: Given<typeof routes.removeProduct>,
    @Call() call: Exchange,
  ): Promise<Reply<null>> {
    const input = { id: params.id, expectedVersion: version };
    const { freshness, versions } = await this.catalog.call(catalog.removeProduct, input, call);
    return { ...NO_BODY, freshness, versions: changedVersions({}, versions) };
  }
}

function entity({ data, cache, freshness, versions }: Answer<Product>): Reply<Product> {
  const own = { [versionedName('product', data.id)]: data.version };
  return { body: data, etag: versionTag(data.version), cache, freshness, versions: changedVersions(own, versions) };
}

function list({ data, cache }: Answer<ProductPage>): Reply<ProductPage> {
  return { body: data, etag: contentTag(data), cache, versions: listedVersions('product', data.items) };
}
