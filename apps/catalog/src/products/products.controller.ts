import { Controller } from '@nestjs/common';
import { catalog, type Product, type ProductOutcome, type ProductPage } from '@larder/contracts';
import { Call, Handles, Input, type Answer, type CallContext, type ParsedInputOf } from '@larder/platform';
import { originOf } from '../changes/once.js';
import { outcomeOf } from './product-outcome.js';
import { ProductEditor } from './product-editor.js';
import { ProductLists } from './product-lists.js';
import { ProductReader } from './product-reader.js';

/** Products over RPC. */
@Controller()
export class ProductsController {
  constructor(
    private readonly reader: ProductReader,
    private readonly lists: ProductLists,
    private readonly editor: ProductEditor,
  ) {}

  @Handles(catalog.getProduct)
  get(
    @Input() { id, minVersion }: ParsedInputOf<typeof catalog.getProduct>,
    @Call() call: CallContext,
  ): Promise<Answer<Product>> {
    return this.reader.get(id, call, minVersion);
  }

  @Handles(catalog.getEachProduct)
  getEach(
    @Input() { reads }: ParsedInputOf<typeof catalog.getEachProduct>,
    @Call() call: CallContext,
  ): Promise<ProductOutcome[]> {
    return Promise.all(reads.map(({ id, minVersion }) => outcomeOf(this.reader.get(id, call, minVersion))));
  }

  @Handles(catalog.getProducts)
  getMany(
    @Input() { ids, minVersions }: ParsedInputOf<typeof catalog.getProducts>,
    @Call() call: CallContext,
  ): Promise<Answer<Product[]>> {
    return this.reader.getMany(ids, call, minVersions);
  }

  @Handles(catalog.listProducts)
  list(
    @Input() { minVersions, ...query }: ParsedInputOf<typeof catalog.listProducts>,
    @Call() call: CallContext,
  ): Promise<Answer<ProductPage>> {
    return this.lists.list(query, call, minVersions);
  }

  @Handles(catalog.createProduct)
  create(
    @Input() product: ParsedInputOf<typeof catalog.createProduct>,
    @Call() call: CallContext,
  ): Promise<Answer<Product>> {
    return this.editor.create(product, originOf(catalog.createProduct, product, call));
  }

  @Handles(catalog.updateProduct)
  update(
    @Input() change: ParsedInputOf<typeof catalog.updateProduct>,
    @Call() call: CallContext,
  ): Promise<Answer<Product>> {
    return this.editor.update(change, call);
  }

  @Handles(catalog.removeProduct)
  remove(
    @Input() { id, expectedVersion }: ParsedInputOf<typeof catalog.removeProduct>,
    @Call() call: CallContext,
  ): Promise<Answer<null>> {
    return this.editor.remove(id, expectedVersion, call);
  }
}
