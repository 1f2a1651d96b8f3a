import { DomainError } from '@larder/platform';

export class ProductNotFound extends DomainError {
  override readonly name = 'ProductNotFound';

  constructor(id: string) {
    super('PRODUCT_NOT_FOUND', `There is no product ${id}`);
  }
}

export class SkuTaken extends DomainError {
  override readonly name = 'SkuTaken';

  constructor(sku: string, cause?: unknown) {
    super('SKU_TAKEN', `Another product has the SKU ${sku}`, { cause });
  }
}
