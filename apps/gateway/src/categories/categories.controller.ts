import { Controller } from '@nestjs/common';
import { catalog, versionedName, type Category, type CategoryPage } from '@larder/contracts';
import type { Answer } from '@larder/platform';
import { contentTag, versionTag } from '../http/entity-tag.js';
import type { Exchange } from '../http/exchange.js';
import { NO_BODY, type Reply } from '../http/reply.js';
import type { Given } from '../http/route.js';
import { readOne, seenMany, type SeenOne } from '../http/seen-versions.js';
import { Call, Input, Serves } from '../http/serves.js';
import { changedVersions, listedVersions } from '../http/told-versions.js';
import { CatalogClient } from '../upstreams/catalog-client.js';
import { categoryRoutes as routes } from './category-routes.js';

/** Categories: reads for anyone, changes for editors. */
@Controller()
export class CategoriesController {
  constructor(private readonly catalog: CatalogClient) {}

  @Serves(routes.listCategories)
  async list(@Input() _: Given<typeof routes.listCategories>, @Call() call: Exchange): Promise<Reply<CategoryPage>> {
    const seen = await seenMany(call, 'category');
    const { data, cache } = await this.catalog.call(catalog.listCategories, seen, call);
    return { body: data, etag: contentTag(data), cache, versions: listedVersions('category', data.items) };
  }

  @Serves(routes.getCategory)
  async get(@Input() { params }: Given<typeof routes.getCategory>, @Call() call: Exchange): Promise<Reply<Category>> {
    const read = (seen: SeenOne): Promise<Answer<Category>> =>
      this.catalog.call(catalog.getCategory, { ...params, ...seen }, call);
    return entity(await readOne(call, ['category', params.id], read));
  }

  @Serves(routes.createCategory)
  async create(
    @Input() { body, key }: Given<typeof routes.createCategory>,
    @Call() call: Exchange,
  ): Promise<Reply<Category>> {
    const reply = entity(await this.catalog.callOnce(catalog.createCategory, body, call, key));
    return { ...reply, location: `/v1/categories/${reply.body.id}` };
  }

  @Serves(routes.updateCategory)
  async update(
    @Input() { params, version, body }: Given<typeof routes.updateCategory>,
    @Call() call: Exchange,
  ): Promise<Reply<Category>> {
    const input = { id: params.id, expectedVersion: version, changes: body };
    return entity(await this.catalog.call(catalog.updateCategory, input, call));
  }

  @Serves(routes.removeCategory)
  async remove(
    @Input() { params, version }: Given<typeof routes.removeCategory>,
    @Call() call: Exchange,
  ): Promise<Reply<null>> {
    const input = { id: params.id, expectedVersion: version };
    const { freshness, versions } = await this.catalog.call(catalog.removeCategory, input, call);
    return { ...NO_BODY, freshness, versions: changedVersions({}, versions) };
  }
}

function entity({ data, cache, freshness, versions }: Answer<Category>): Reply<Category> {
  const own = { [versionedName('category', data.id)]: data.version };
  return { body: data, etag: versionTag(data.version), cache, freshness, versions: changedVersions(own, versions) };
}
