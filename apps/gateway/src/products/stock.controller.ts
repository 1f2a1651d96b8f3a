import { Controller } from '@nestjs/common';
import { catalog, versionedName, type Stock } from '@larder/contracts';
import type { Answer } from '@larder/platform';
import { versionTag } from '../http/entity-tag.js';
import type { Exchange } from '../http/exchange.js';
import type { Reply } from '../http/reply.js';
import type { Given } from '../http/route.js';
import { readOne, type SeenOne } from '../http/seen-versions.js';
import { Call, Input, Serves } from '../http/serves.js';
import { changedVersions } from '../http/told-versions.js';
import { CatalogClient } from '../upstreams/catalog-client.js';
import { productRoutes as routes } from './product-routes.js';

/** A product's stock: read strictly by anyone, moved by editors. */
@Controller()
export class StockController {
  constructor(private readonly catalog: CatalogClient) {}

  @Serves(routes.getStock)
  async get(@Input() { params }: Given<typeof routes.getStock>, @Call() call: Exchange): Promise<Reply<Stock>> {
    const read = (seen: SeenOne): Promise<Answer<Stock>> =>
      this.catalog.call(catalog.getStock, { ...params, ...seen }, call);
    return stock(await readOne(call, ['stock', params.id], read));
  }

  @Serves(routes.adjustStock)
  async adjust(
    @Input() { params, body, key }: Given<typeof routes.adjustStock>,
    @Call() call: Exchange,
  ): Promise<Reply<Stock>> {
    const input = { id: params.id, delta: body.delta };
    return stock(await this.catalog.callOnce(catalog.adjustStock, input, call, key));
  }
}

function stock({ data, cache, freshness, versions }: Answer<Stock>): Reply<Stock> {
  const own = { [versionedName('stock', data.productId)]: data.version };
  return { body: data, etag: versionTag(data.version), cache, freshness, versions: changedVersions(own, versions) };
}
