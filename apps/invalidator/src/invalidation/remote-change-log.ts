import { randomUUID } from 'node:crypto';
import type { ChainBatch, ChainLog } from '@larder/cache';
import { catalog, chainBatchOf } from '@larder/contracts';
import type { RpcClient } from '@larder/platform';

const TIMEOUT_MS = 2_000;

/** The catalog's log of changes, asked of the catalog. */
export class RemoteChangeLog implements ChainLog {
  constructor(private readonly client: RpcClient) {}

  /** @throws {RemoteError} when the catalog does not answer within two seconds */
  async since(after: number): Promise<readonly ChainBatch[] | null> {
    const context = { requestId: randomUUID(), principal: null, deadlineMs: Date.now() + TIMEOUT_MS };
    const { data } = await this.client.call(catalog.changesSince, { after }, context);
    return data === null ? null : data.map(chainBatchOf);
  }
}
