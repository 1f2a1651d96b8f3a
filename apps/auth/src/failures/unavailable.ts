import { SessionStoreUnavailable } from '@larder/cache/session';
import { DomainError } from '@larder/platform';
import { isDatabaseAway } from '@larder/platform/database';

const RETRY_AFTER_SECONDS = 1;

/** Redis or PostgreSQL is away or too slow. */
export class AuthUnavailable extends DomainError {
  override readonly name = 'AuthUnavailable';

  constructor(cause: unknown) {
    super('UNAVAILABLE', 'Sessions and accounts cannot be used at the moment', {
      retryAfterSeconds: RETRY_AFTER_SECONDS,
      cause,
    });
  }
}

/** A failure of Redis or of the database as a refusal that a caller can act on; any other error as it is. */
export function asRefusal(error: unknown): unknown {
  return error instanceof SessionStoreUnavailable || isDatabaseAway(error) ? new AuthUnavailable(error) : error;
}
