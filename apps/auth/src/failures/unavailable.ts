import { SessionStoreUnavailable } from '@larder/cache/session';
import { DomainError } from '@larder/platform';
import { QueryFailedError } from 'typeorm';
import { z } from 'zod';

/** SQLSTATE classes by which PostgreSQL says "not now": connection, resources, operator intervention (a timeout, a stop). */
const NOT_NOW = ['08', '53', '57'];
const NO_CONNECTION = ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENOTFOUND', 'EPIPE', 'EAI_AGAIN'];
const RETRY_AFTER_SECONDS = 1;

const SQLSTATE_CHARS = 5;
/** How node-postgres says, without a code, that no connection comes free or opens in time, or that one broke. */
const NO_CONNECTION_TEXT = /^(timeout exceeded when trying to connect|Connection terminated)/;

const Told = z.object({ code: z.string().optional(), message: z.string().optional() });

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

function isDatabaseAway(error: unknown): boolean {
  const { code, message } = told(error instanceof QueryFailedError ? error.driverError : error);
  if (NO_CONNECTION.includes(code)) return true;
  if (code.length === SQLSTATE_CHARS) return NOT_NOW.includes(code.slice(0, 2));
  return error instanceof QueryFailedError || NO_CONNECTION_TEXT.test(message);
}

function told(error: unknown): { code: string; message: string } {
  const { code = '', message = '' } = Told.safeParse(error).data ?? {};
  return { code, message };
}
