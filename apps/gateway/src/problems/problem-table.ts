import type { ErrorCode } from '@larder/contracts';

/** Refusals that the gateway gives on its own account, before or instead of a call to a service. */
type EdgeCode =
  | 'MALFORMED_REQUEST'
  | 'CROSS_SITE_REQUEST'
  | 'ROUTE_NOT_FOUND'
  | 'METHOD_NOT_ALLOWED'
  | 'REQUEST_TIMEOUT'
  | 'BODY_TOO_LARGE'
  | 'URI_TOO_LONG'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'EXPECTATION_FAILED'
  | 'FOREIGN_HOST'
  | 'PRECONDITION_REQUIRED'
  | 'RATE_LIMITED'
  | 'HEADERS_TOO_LARGE';

/** Every refusal an API consumer can meet, by code. */
export type ProblemCode = ErrorCode | EdgeCode;

/** What a code means at the HTTP edge. `title` is the same for every occurrence. */
export interface ProblemKind {
  readonly status: number;
  readonly title: string;
}

/** The one table from codes to HTTP. A code missing here does not compile. */
export const PROBLEMS: Readonly<Record<ProblemCode, ProblemKind>> = {
  BAD_INPUT: { status: 400, title: 'The request has invalid fields' },
  MALFORMED_REQUEST: { status: 400, title: 'The request cannot be read' },
  INVALID_CURSOR: { status: 400, title: 'The cursor is not one of this list' },
  PASSWORD_REFUSED: { status: 400, title: 'The new password is not acceptable' },
  SESSION_REQUIRED: { status: 401, title: 'Sign in first' },
  CREDENTIALS_REFUSED: { status: 401, title: 'The e-mail address or the password is wrong' },
  NOT_ALLOWED: { status: 403, title: 'This account may not do that' },
  REAUTHENTICATION_REQUIRED: { status: 403, title: 'Confirm the password first' },
  CROSS_SITE_REQUEST: { status: 403, title: 'A page of another site may not do that' },
  ROUTE_NOT_FOUND: { status: 404, title: 'There is nothing at this address' },
  PRODUCT_NOT_FOUND: { status: 404, title: 'There is no such product' },
  CATEGORY_NOT_FOUND: { status: 404, title: 'There is no such category' },
  SESSION_NOT_FOUND: { status: 404, title: 'There is no such session' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'This address does not take that method' },
  REQUEST_TIMEOUT: { status: 408, title: 'The request took too long to arrive' },
  SKU_TAKEN: { status: 409, title: 'Another product has this SKU' },
  STOCK_EXHAUSTED: { status: 409, title: 'There is not enough stock' },
  CATEGORY_TOO_DEEP: { status: 409, title: 'Categories have three levels at most' },
  CATEGORY_CYCLE: { status: 409, title: 'A category cannot be below itself' },
  CATEGORY_IN_USE: { status: 409, title: 'The category is not empty' },
  CATEGORY_NAME_TAKEN: { status: 409, title: 'A sibling has this name' },
  IDEMPOTENCY_KEY_BUSY: { status: 409, title: 'The first request with this key is still running' },
  CART_FULL: { status: 409, title: 'The cart is full' },
  VERSION_CONFLICT: { status: 412, title: 'It has changed since you read it' },
  BODY_TOO_LARGE: { status: 413, title: 'The body is too large' },
  URI_TOO_LONG: { status: 414, title: 'The address is too long' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'Only JSON in UTF-8 is read' },
  EXPECTATION_FAILED: { status: 417, title: 'The expectation cannot be met' },
  FOREIGN_HOST: { status: 421, title: 'This server does not answer for that host' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: 'The key stands for another request' },
  PRECONDITION_REQUIRED: { status: 428, title: 'Say in If-Match which version you read' },
  RATE_LIMITED: { status: 429, title: 'Too many requests' },
  TOO_MANY_ATTEMPTS: { status: 429, title: 'Too many attempts' },
  HEADERS_TOO_LARGE: { status: 431, title: 'The header fields are too large' },
  INTERNAL: { status: 500, title: 'Something went wrong here' },
  OVERLOADED: { status: 503, title: 'Too busy just now' },
  UNAVAILABLE: { status: 503, title: 'A part of the service is away just now' },
};

/** Whether `code` has a row in {@link PROBLEMS}; a service may be newer than this gateway. */
export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEMS, code);
}

/** The anchor of a problem's description on the documentation page, such as `product-not-found`. */
export function problemSlug(code: ProblemCode): string {
  return code.toLowerCase().replaceAll('_', '-');
}

/** The `type` of RFC 9457: an address on this server that describes the problem, the same for every occurrence. */
export function problemType(code: ProblemCode): string {
  return `/docs#${problemSlug(code)}`;
}
