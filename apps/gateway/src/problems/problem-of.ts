import { randomUUID } from 'node:crypto';
import { HttpException } from '@nestjs/common';
import { RemoteError } from '@larder/platform';
import { unsupportedBody } from '../http/json-body.js';
import { Problem, type FieldError } from './problem.js';
import { isProblemCode } from './problem-table.js';

/** What the server framework refuses, by its own code; anything else of status 4xx is a malformed request. */
const FRAMEWORK: Readonly<Record<string, () => Problem>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () => unsupportedBody('Send the body as application/json.'),
  FST_ERR_CTP_BODY_TOO_LARGE: () => new Problem('BODY_TOO_LARGE', 'The body is larger than 64 KiB.'),
  FST_ERR_CTP_EMPTY_JSON_BODY: () => new Problem('MALFORMED_REQUEST', 'The body is empty, and should be JSON.'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () =>
    new Problem('MALFORMED_REQUEST', 'The body is not as long as Content-Length says.'),
  FST_ERR_BAD_URL: () => new Problem('MALFORMED_REQUEST', 'The path is not well-formed.'),
  FST_ERR_MAX_PARAM_LENGTH: () => new Problem('URI_TOO_LONG', 'A part of the path is too long.'),
};

const AWAY: readonly string[] = ['UNAVAILABLE', 'OVERLOADED'];

/**
 * The problem that an error is for the client. What nobody expected becomes INTERNAL with a fresh `errorId` and
 * nothing else of it; the caller logs the error under that id.
 */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof RemoteError) return ofRemote(error);
  const cause = error instanceof HttpException ? (error.cause ?? error) : error;
  return ofFramework(cause) ?? internal(error);
}

function ofRemote(error: RemoteError): Problem {
  if (!isProblemCode(error.code) || error.code === 'INTERNAL') return internal(error);
  const errors = error.issues?.map(({ path, message }): FieldError => ({
    in: 'body',
    field: path === '' ? '*' : path,
    detail: message,
  }));
  return new Problem(error.code, AWAY.includes(error.code) ? 'Try again a little later.' : error.detail, {
    cause: error,
    ...(errors !== undefined && { errors }),
    ...(error.retryAfterSeconds !== undefined && { retryAfterSeconds: error.retryAfterSeconds }),
  });
}

function ofFramework(error: unknown): Problem | null {
  if (!(error instanceof Error)) return null;
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  const known = typeof code === 'string' ? FRAMEWORK[code] : undefined;
  if (known !== undefined) return known();
  const clientsFault = typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500;
  return clientsFault ? new Problem('MALFORMED_REQUEST', 'The body is not well-formed JSON.', { cause: error }) : null;
}

function internal(error: unknown): Problem {
  const errorId = randomUUID();
  return new Problem('INTERNAL', 'It is logged under the errorId.', { cause: error, errorId });
}
