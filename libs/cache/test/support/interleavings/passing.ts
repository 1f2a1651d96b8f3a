import { CacheError } from '../../../src/index.js';

const CAUGHT = ['INVALIDATION_PENDING', 'LOAD_TIMEOUT', 'LOAD_REJECTED', 'INTENT_REFUSED', 'BATCH_REFUSED'];

/** Why a load of a play fails. */
export class LoadFailure extends Error {}

/** What may be thrown in these plays; anything else is a failure of the play. */
export function passing(error: unknown): true {
  if (error instanceof LoadFailure || (error instanceof CacheError && CAUGHT.includes(error.code))) return true;
  throw error;
}
