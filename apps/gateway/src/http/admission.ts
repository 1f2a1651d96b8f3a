import type { IncomingMessage } from 'node:http';
import { Problem } from '../problems/problem.js';
import type { Exchange } from './exchange.js';

const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];
/** Browsers send about 20, proxies add as many at most. */
const MAX_FIELDS = 100;
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
const AUTHORITY = /^(\[[\da-f:.]+\]|[a-z\d](?:[a-z\d.-]*[a-z\d])?)(?::\d{1,5})?$/;
/** Encoded control characters, slashes and backslashes; dot segments, encoded or not; what is not visible ASCII. */
const HOSTILE_PATH = /%(?:[01][\da-f]|7f|2f|5c)|\\|\/(?:\.|%2e){1,2}(?:\/|$)|[^\x21-\x7e]/i;

/**
 * Refuses what no honest client of this server sends, before anything is read or called.
 *
 * @param hosts  the host names this server answers for, in lower case, without ports
 * @throws {Problem} MALFORMED_REQUEST, HEADERS_TOO_LARGE, FOREIGN_HOST, CROSS_SITE_REQUEST
 */
export function admit(request: IncomingMessage, hosts: readonly string[]): void {
  admitTarget(request.url ?? '');
  admitFields(request);
  const authority = admitHost(request, hosts);
  if (isChange(request)) admitOrigin(request, authority);
}

/** Whether a request is of a kind that may change something. */
export function isChange({ method = '' }: IncomingMessage): boolean {
  return !SAFE_METHODS.includes(method);
}

/** @throws {Problem} RATE_LIMITED when the client has sent too many requests */
export function admitRate({ rate: { refused } }: Exchange): void {
  if (refused === null) return;
  const { policy, retryAfterSeconds } = refused;
  const detail = policy === 'changes' ? 'You have changed too much in too little time.' : 'You have asked too often.';
  throw new Problem('RATE_LIMITED', `${detail} Try again in ${retryAfterSeconds} s.`, { retryAfterSeconds });
}

function admitTarget(target: string): void {
  const [path = ''] = target.split('?', 1);
  if (!target.startsWith('/')) throw new Problem('MALFORMED_REQUEST', 'The request target must be a path.');
  if (HOSTILE_PATH.test(path) || /[^\x21-\x7e]/.test(target)) {
    throw new Problem('MALFORMED_REQUEST', 'The path holds characters that no address here has.');
  }
}

/** No coding but chunks is undone here; a body in another one would be read as something else than was sent. */
function admitFields({ headers, rawHeaders }: IncomingMessage): void {
  if (rawHeaders.length > 2 * MAX_FIELDS) {
    throw new Problem('HEADERS_TOO_LARGE', `There are more than ${MAX_FIELDS} header fields.`);
  }
  const coding = headers['transfer-encoding'];
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') {
    throw new Problem('MALFORMED_REQUEST', 'Of the transfer codings only "chunked" is read.');
  }
}

function admitHost({ headers, rawHeaders }: IncomingMessage, hosts: readonly string[]): string {
  const authority = (headers.host ?? '').toLowerCase();
  const [, name] = AUTHORITY.exec(authority) ?? [];
  if (name === undefined || !hasOneHost(rawHeaders))
    throw new Problem('MALFORMED_REQUEST', 'The Host field must name one host.');
  if (!hosts.includes(name)) throw new Problem('FOREIGN_HOST', 'The Host field names a host that is not served here.');
  return authority;
}

/** Node shows only the first of several. */
function hasOneHost(rawHeaders: readonly string[]): boolean {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) if (rawHeaders[at]?.toLowerCase() === 'host') count += 1;
  return count === 1;
}

/**
 * Browsers say where a request comes from; what has neither field is no browser, and carries no cookie of a victim.
 * Pages of other hosts of the same site are refused too: they are not this application.
 */
function admitOrigin({ headers }: IncomingMessage, authority: string): void {
  const site = headers['sec-fetch-site'];
  const foreignSite = site !== undefined && site !== 'same-origin' && site !== 'none';
  const foreignOrigin = headers.origin !== undefined && hostOf(headers.origin) !== authority;
  if (foreignSite || foreignOrigin) {
    throw new Problem('CROSS_SITE_REQUEST', 'Only pages of this server may change anything here.');
  }
}

/** The host of a page that nobody on the way can have changed; `null` for any other. */
function hostOf(origin: string): string | null {
  if (!URL.canParse(origin)) return null;
  const { protocol, hostname, host } = new URL(origin);
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.includes(hostname)) ? host : null;
}
