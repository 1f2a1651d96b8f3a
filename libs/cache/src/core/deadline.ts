/** The store did not answer in time; it may still carry the operation out. */
export class DeadlineExceeded extends Error {
  override readonly name = 'DeadlineExceeded';
}

/** As `promise`, but rejects with {@link DeadlineExceeded} after `ms` milliseconds. On the path of every hit, hence no more than a timer. */
export async function withDeadline<Value>(promise: Promise<Value>, ms: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      // After the next poll for input: a busy process must not mistake its own delay for the store's.
      setImmediate(reject, new DeadlineExceeded(`No answer within ${ms} ms`));
    }, ms);
  });
  try {
    return await Promise.race([promise, expiry]);
  } finally {
    clearTimeout(timer);
  }
}
