/** The longest that a timer waits, in milliseconds; one that is set for longer rings at once. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/** What was waited for did not come in time; it may still come. */
export class DeadlineExceeded extends Error {
  override readonly name = 'DeadlineExceeded';
}

/** As `promise`, but rejects with {@link DeadlineExceeded} after `ms` milliseconds; more than {@link MAX_TIMER_MS} waits as long as it takes. */
export async function withDeadline<Value>(promise: Promise<Value>, ms: number): Promise<Value> {
  if (ms > MAX_TIMER_MS) return promise;
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      // After the next poll for input: a busy process must not mistake its own delay for the other side's.
      setImmediate(reject, new DeadlineExceeded(`No answer within ${ms} ms`));
    }, ms);
  });
  try {
    return await Promise.race([promise, expiry]);
  } finally {
    clearTimeout(timer);
  }
}
