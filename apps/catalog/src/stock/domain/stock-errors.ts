import { DomainError } from '@larder/platform';

export class StockExhausted extends DomainError {
  override readonly name = 'StockExhausted';

  constructor(id: string, cause?: unknown) {
    super('STOCK_EXHAUSTED', `Product ${id} has fewer units than that`, { cause });
  }
}

/** More units of one product than the catalogue counts: 1,000,000,000. */
export class StockOverflow extends DomainError {
  override readonly name = 'StockOverflow';

  constructor(cause?: unknown) {
    super('BAD_INPUT', 'The stock would be too large', {
      issues: [{ path: 'delta', message: 'must leave at most 1000000000 units' }],
      cause,
    });
  }
}
