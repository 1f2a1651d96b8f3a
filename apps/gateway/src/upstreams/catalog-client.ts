import type { Answer, InputOf, OutputOf, Procedure, RpcClient } from '@larder/platform';
import { outgoing, type Exchange } from '../http/exchange.js';

/** The catalog, called on behalf of whoever the access check has found. */
export class CatalogClient {
  constructor(private readonly rpc: RpcClient) {}

  /** @throws {RemoteError} what the procedure refuses, or UNAVAILABLE */
  call<P extends Procedure>(procedure: P, input: InputOf<P>, exchange: Exchange): Promise<Answer<OutputOf<P>>> {
    return this.rpc.call(procedure, input, outgoing(exchange));
  }

  /** As {@link call}, for a change that is one change however often it is asked for with the same `key`; without a key it is as many. */
  callOnce<P extends Procedure>(
    procedure: P,
    input: InputOf<P>,
    exchange: Exchange,
    key: string | undefined,
  ): Promise<Answer<OutputOf<P>>> {
    const call = { ...outgoing(exchange), ...(key !== undefined && { idempotencyKey: key }) };
    return this.rpc.call(procedure, input, call);
  }
}
