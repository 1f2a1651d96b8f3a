import { QueryFailedError } from 'typeorm';
import { z } from 'zod';

/** SQLSTATE classes by which PostgreSQL says "not now": connection, resources, operator intervention (a timeout, a stop). */
const NOT_NOW = ['08', '53', '57'];
const SQLSTATE_CHARS = 5;
const NO_CONNECTION = ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENOTFOUND', 'EPIPE', 'EAI_AGAIN'];
/** How node-postgres says, without a code, that no connection comes free or opens in time, or that one broke. */
const NO_CONNECTION_TEXT = /^(timeout exceeded when trying to connect|Connection terminated)/;

const Told = z.object({ code: z.string().optional(), message: z.string().optional() });

/** Whether an error of TypeORM or node-postgres says that the database is away or too slow, and not that a statement was wrong. */
export function isDatabaseAway(error: unknown): boolean {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  const { code = '', message = '' } = Told.safeParse(cause).data ?? {};
  if (NO_CONNECTION.includes(code)) return true;
  if (code.length === SQLSTATE_CHARS) return NOT_NOW.includes(code.slice(0, 2));
  return error instanceof QueryFailedError || NO_CONNECTION_TEXT.test(message); // it failed, and not by the server's word
}
