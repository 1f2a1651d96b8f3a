/**
 * Every refusal that one service may give another, by code. A code never changes its meaning;
 * the gateway's problem table turns it into a status, a problem type and a title.
 */
export type ErrorCode =
  | 'BAD_INPUT'
  | 'NOT_ALLOWED'
  | 'PRODUCT_NOT_FOUND'
  | 'CATEGORY_NOT_FOUND'
  | 'CATEGORY_TOO_DEEP'
  | 'CATEGORY_CYCLE'
  | 'CATEGORY_IN_USE'
  | 'CATEGORY_NAME_TAKEN'
  | 'SKU_TAKEN'
  | 'STOCK_EXHAUSTED'
  | 'VERSION_CONFLICT'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'IDEMPOTENCY_KEY_BUSY'
  | 'INVALID_CURSOR'
  | 'SESSION_REQUIRED'
  | 'SESSION_NOT_FOUND'
  | 'REAUTHENTICATION_REQUIRED'
  | 'CREDENTIALS_REFUSED'
  | 'PASSWORD_REFUSED'
  | 'TOO_MANY_ATTEMPTS'
  | 'CART_FULL'
  | 'OVERLOADED'
  | 'UNAVAILABLE'
  | 'INTERNAL';
