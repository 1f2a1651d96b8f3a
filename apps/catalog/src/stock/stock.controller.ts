import { Controller } from '@nestjs/common';
import { catalog, type Offer, type Stock } from '@larder/contracts';
import { Call, Handles, Input, type Answer, type CallContext, type ParsedInputOf } from '@larder/platform';
import { originOf } from '../changes/once.js';
import { StockService } from './stock-service.js';

/** Stock, and what carts ask, over RPC. */
@Controller()
export class StockController {
  constructor(private readonly stock: StockService) {}

  @Handles(catalog.getStock)
  get(
    @Input() { id, minVersion }: ParsedInputOf<typeof catalog.getStock>,
    @Call() call: CallContext,
  ): Promise<Answer<Stock>> {
    return this.stock.get(id, call, minVersion);
  }

  @Handles(catalog.getOffers)
  offers(
    @Input() { ids, minVersions }: ParsedInputOf<typeof catalog.getOffers>,
    @Call() call: CallContext,
  ): Promise<Answer<Offer[]>> {
    return this.stock.offers(ids, call, minVersions);
  }

  @Handles(catalog.adjustStock)
  adjust(@Input() input: ParsedInputOf<typeof catalog.adjustStock>, @Call() call: CallContext): Promise<Answer<Stock>> {
    return this.stock.adjust(input.id, input.delta, originOf(catalog.adjustStock, input, call));
  }
}
