/** What holds for every route, a paragraph each. */
export const INTRODUCTION: readonly string[] = [
  'Products, categories, stock and carts. Reads are cached. Through the process that answered a change, no later read shows what was before; through another one, a product or a category may for one second more.',
  'Ids are UUIDs, money is in minor units, times are RFC 3339. A list is `{ items, nextCursor }`.',
  'Every answer carries `X-Request-Id`; a well-formed one of yours is kept. `Cache-Status` (RFC 9211) says how a read was answered; `detail=l1` that the answering process had some of it itself, `detail=stale` that it was past its time because the database fails or is slow.',
  'Send the `ETag` of what you read in `If-None-Match` to be told that it is still so, and in `If-Match` to change it.',
  'A change is committed once it is answered. `Larder-Freshness: pending` on the answer says that the caches do not know of it yet: until they do, a read may show what was before.',
  'Every error is a problem of RFC 9457; branch on its `type`. Unknown fields and parameters are errors.',
  'Pages of other sites may not change anything. `Idempotency-Key` is not honoured yet.',
];
