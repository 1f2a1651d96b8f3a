import { Injectable } from '@nestjs/common';
import { catalog, MAX_GATHERED_READS, type Product, type ProductOutcome } from '@larder/contracts';
import { answer, RemoteError, type Answer } from '@larder/platform';
import DataLoader from 'dataloader';
import type { Exchange } from '../http/exchange.js';
import { readOne, type SeenOne } from '../http/seen-versions.js';
import { CatalogClient } from '../upstreams/catalog-client.js';

interface Read {
  readonly input: SeenOne & { readonly id: string };
  readonly exchange: Exchange;
}

/**
 * Reads single products. Requests that arrive in one turn of the event loop share a call, which costs a busy gateway and
 * catalog less than half; each gets its own answer or refusal. Nothing is kept: a later request makes a later call, so
 * nobody is shown anything older for it. They share the first one's deadline, which is theirs but for the length of a turn.
 */
@Injectable()
export class ProductReads {
  private readonly turns = new DataLoader<Read, Answer<Product>>((reads) => this.readAll(reads), {
    cache: false,
    maxBatchSize: MAX_GATHERED_READS,
    batchScheduleFn: setImmediate,
  });

  constructor(private readonly catalog: CatalogClient) {}

  /** Nothing older than the request's client has seen. @throws {RemoteError} PRODUCT_NOT_FOUND, UNAVAILABLE */
  read(id: string, exchange: Exchange): Promise<Answer<Product>> {
    return readOne(
      exchange,
      ['product', id],
      (seen) => this.turns.load({ input: { id, ...seen }, exchange }),
      (seen) => this.catalog.call(catalog.getProduct, { id, ...seen }, exchange),
    );
  }

  private async readAll(reads: readonly Read[]): Promise<(Answer<Product> | Error)[]> {
    const [{ input, exchange }] = reads as [Read];
    if (reads.length === 1) return [await this.catalog.call(catalog.getProduct, input, exchange)];
    const inputs = reads.map((read) => read.input);
    const { data } = await this.catalog.call(catalog.getEachProduct, { reads: inputs }, exchange);
    return data.map(resultOf);
  }
}

function resultOf(outcome: ProductOutcome): Answer<Product> | Error {
  if ('product' in outcome) return answer(outcome.product, outcome.cache);
  return new RemoteError('catalog', outcome.refusal);
}
