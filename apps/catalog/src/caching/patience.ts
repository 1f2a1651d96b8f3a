import type { ReadOptions } from '@larder/cache';
import type { CallContext } from '@larder/platform';

/** Who waits for a read, and how much longer. */
export type Waiting = Pick<CallContext, 'remainingMs'>;

/**
 * What the answer needs to reach the caller, in milliseconds. A refusal in time says what is wrong; silence would count
 * against the whole service in the caller's breaker.
 */
const ANSWER_MS = 25;

/** Lets a read on behalf of `caller` take as long as its answer can still be of use. The load goes on, and fills. */
export function patienceOf(caller: Waiting): Required<Pick<ReadOptions, 'timeoutMs'>> {
  return { timeoutMs: Math.max(0, caller.remainingMs() - ANSWER_MS) };
}
