import type { ReadOptions } from '@larder/cache';
import type { CallContext } from '@larder/platform';
import { TaskCancelledError, timeout, TimeoutStrategy } from 'cockatiel';
import { DatabaseUnavailable } from '../failures/unavailable.js';

/** Who waits for a read, and how much longer. */
export type Waiting = Pick<CallContext, 'remainingMs'>;

/**
 * What the answer needs to reach the caller, in milliseconds. A refusal in time says what is wrong; silence would count
 * against the whole service in the caller's breaker.
 */
const ANSWER_MS = 25;

/**
 * Lets a read on behalf of `caller` take as long as its answer can still be of use. The load goes on, and fills; TypeORM cannot
 * cancel its query, which the database ends by its own limit on a statement.
 */
export function patienceOf(caller: Waiting): Required<Pick<ReadOptions, 'timeoutMs'>> {
  return { timeoutMs: Math.max(0, caller.remainingMs() - ANSWER_MS) };
}

/** The same for a read past the cache. @throws {DatabaseUnavailable} when it takes longer */
export async function inTime<Value>(caller: Waiting, read: () => Promise<Value>): Promise<Value> {
  const { timeoutMs } = patienceOf(caller);
  try {
    return await timeout(timeoutMs, TimeoutStrategy.Aggressive).execute(read);
  } catch (error) {
    throw error instanceof TaskCancelledError ? new DatabaseUnavailable(error) : error;
  }
}
