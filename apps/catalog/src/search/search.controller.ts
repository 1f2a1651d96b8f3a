import { Controller } from '@nestjs/common';
import { catalog, type ProductPage } from '@larder/contracts';
import { Call, Handles, Input, type Answer, type CallContext, type ParsedInputOf } from '@larder/platform';
import { ProductSearch } from './product-search.js';

/** The search over RPC. */
@Controller()
export class SearchController {
  constructor(private readonly products: ProductSearch) {}

  @Handles(catalog.searchProducts)
  search(
    @Input() { minVersions, ...query }: ParsedInputOf<typeof catalog.searchProducts>,
    @Call() call: CallContext,
  ): Promise<Answer<ProductPage>> {
    return this.products.search(query, call, minVersions);
  }
}
