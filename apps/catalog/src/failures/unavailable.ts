import { CacheError } from '@larder/cache';
import { DomainError } from '@larder/platform';
import { isDatabaseAway } from '@larder/platform/database';

/** The database is away or too slow. */
export class DatabaseUnavailable extends DomainError {
  override readonly name = 'DatabaseUnavailable';

  constructor(cause: unknown) {
    super('UNAVAILABLE', 'The catalogue cannot be read or changed at the moment', { retryAfterSeconds: 1, cause });
  }
}

/** More loads wait for the database than it may get. */
class TooManyLoads extends DomainError {
  override readonly name = 'TooManyLoads';

  constructor(cause: unknown) {
    super('OVERLOADED', 'Too many requests wait for the catalogue', { retryAfterSeconds: 1, cause });
  }
}

/** A failure of the database or of the cache's limits as a refusal that a caller can act on; any other error as it is. */
export function asRefusal(error: unknown): unknown {
  if (error instanceof CacheError) {
    return error.code === 'LOAD_REJECTED' ? new TooManyLoads(error) : new DatabaseUnavailable(error);
  }
  return isDatabaseAway(error) ? new DatabaseUnavailable(error) : error;
}
