import type { Answer, OutgoingCall } from '@larder/platform';

/** How a call is made: by nobody, with two seconds to go, unless said otherwise. */
export function outgoing(more: Partial<OutgoingCall> = {}): OutgoingCall {
  return { requestId: 'r-1', principal: null, deadlineMs: Date.now() + 2_000, ...more };
}

/** What a call rejects with, and how long that took. */
export async function failure(call: Promise<Answer<unknown>>): Promise<{ error: unknown; ms: number }> {
  const startedAt = performance.now();
  const error = await call.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  );
  return { error, ms: performance.now() - startedAt };
}
