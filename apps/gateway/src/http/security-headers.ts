import type { Exchange } from './exchange.js';

const DENY_ALL = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** On every answer, errors and refused request lines included. Pages of our own loosen the content policy. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': DENY_ALL,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
};

/** What every answer to a request carries. */
export function commonHeaders(exchange: Exchange): Record<string, string> {
  return { ...SECURITY_HEADERS, ...ownHeaders(exchange) };
}

/** Of {@link commonHeaders} those that are of one request. */
export function ownHeaders({ requestId, rate }: Exchange): Record<string, string> {
  return { 'x-request-id': requestId, 'ratelimit-policy': rate.policyField, ratelimit: rate.field };
}
