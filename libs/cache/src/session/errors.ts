/**
 * The session store cannot be reached, does not answer in time, or refuses. The operation may still take effect later.
 * Nothing may be assumed about the session: callers refuse the request and let it be tried again.
 */
export class SessionStoreUnavailable extends Error {
  override readonly name = 'SessionStoreUnavailable';
  readonly code = 'SESSION_STORE_UNAVAILABLE';

  constructor(operation: string, options?: ErrorOptions) {
    super(`The session store could not ${operation}`, options);
  }
}

/** What a session would keep is larger than its policy lets it be. Nothing was written, and to try again is no use. */
export class SessionTooLarge extends RangeError {
  override readonly name = 'SessionTooLarge';
  readonly code = 'SESSION_TOO_LARGE';

  /** @param what the text that is too large, such as `preferences`; sizes are in UTF-8 */
  constructor(
    readonly what: string,
    readonly bytes: number,
    readonly maxBytes: number,
  ) {
    super(`The session's ${what} would have ${bytes} bytes; at most ${maxBytes} fit`);
  }
}
