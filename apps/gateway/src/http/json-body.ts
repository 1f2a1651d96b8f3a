import type { FastifyInstance, FastifyRequest } from 'fastify';
import { bodyArrived, exchangeOf } from './exchange.js';
import { Problem } from '../problems/problem.js';

type Done = (error: Error | null, body?: unknown) => void;

const UTF8 = new TextDecoder('utf-8', { fatal: true });
const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]*)/gi;
const TAKEN = { accept: 'application/json', 'accept-patch': 'application/json', 'accept-encoding': 'identity' };

/** The refusal of a body that is not plain JSON in UTF-8; it says in Accept what is. */
export function unsupportedBody(detail: string): Problem {
  return new Problem('UNSUPPORTED_MEDIA_TYPE', detail, { headers: TAKEN });
}

/**
 * Makes JSON in UTF-8 the only body that is read. `__proto__` and `constructor.prototype` are refused wherever they
 * stand; other types, charsets and encodings are 415.
 */
export function readJsonOnly(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    bodyArrived(exchangeOf(request.raw));
    parseJson(
      request,
      body as Buffer,
      (text) => {
        void parse(request, text, done as Done);
      },
      done as Done,
    );
  });
}

function parseJson(request: FastifyRequest, bytes: Buffer, parse: (text: string) => void, done: Done): void {
  const encoding = request.headers['content-encoding'];
  if (namesForeignCharset(request.headers['content-type'])) done(unsupportedBody('Send the JSON in UTF-8.'));
  else if (encoding !== undefined) done(unsupportedBody('Send the body without a content encoding.'));
  else {
    const text = decoded(bytes);
    if (text === null) done(new Problem('MALFORMED_REQUEST', 'The body is not well-formed UTF-8.'));
    else parse(text);
  }
}

/** Whether a media type names another charset than UTF-8, be it beside UTF-8: one reader takes the first, another the last. */
function namesForeignCharset(type = ''): boolean {
  return [...type.matchAll(CHARSET)].some(([, charset]) => charset?.toLowerCase() !== 'utf-8');
}

function decoded(bytes: Buffer): string | null {
  try {
    return UTF8.decode(bytes);
  } catch {
    return null;
  }
}
