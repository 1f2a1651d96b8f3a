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
