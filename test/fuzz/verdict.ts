import { PROBLEMS, problemType, type ProblemCode } from '../../apps/gateway/src/problems/problem-table.js';
import type { FuzzRequest } from './requests.js';
import type { Answer } from './sender.js';

/** Refusals that are of no operation: the target or the fields lead to none. */
const GENERAL: ReadonlySet<ProblemCode> = new Set([
  'ROUTE_NOT_FOUND',
  'METHOD_NOT_ALLOWED',
  'URI_TOO_LONG',
  'HEADERS_TOO_LARGE',
  'EXPECTATION_FAILED',
]);
const CODES = new Map((Object.keys(PROBLEMS) as ProblemCode[]).map((code) => [problemType(code), code]));

/** What is wrong with an answer, in words; `null` when nothing is. */
export function faultOf({ operation }: FuzzRequest, { status, mediaType, text }: Answer): string | null {
  if (status >= 500) return `answered ${status}`;
  const isDescribed = operation.statuses.has(status);
  if (status < 400) return isDescribed ? null : `${status} is not in the document`;
  const code = mediaType === 'application/problem+json' ? codeOf(text) : undefined;
  if (code === undefined || PROBLEMS[code].status !== status) return `${status} is no problem of the table`;
  return [isDescribed, GENERAL.has(code)].includes(true) ? null : `${status} is not in the document`;
}

function codeOf(text: string): ProblemCode | undefined {
  return CODES.get((JSON.parse(text) as { type: string }).type);
}
