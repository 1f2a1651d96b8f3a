/** What holds for every route, a paragraph each. */
export const INTRODUCTION: readonly string[] = [
  'Products, categories, stock and carts. Reads are cached. Through the process that answered a change, no later read shows what was before; through another one, a product or a category may for one second more.',
  'Ids are UUIDs, money is in minor units, times are RFC 3339. A list is `{ items, nextCursor }`.',
  'Every answer carries `X-Request-Id`; a well-formed one of yours is kept. `Cache-Status` (RFC 9211) says how a read was answered; `detail=l1` that the answering process had some of it itself, `detail=stale` that it was past its time because the database fails or is slow.',
  'Send the `ETag` of what you read in `If-None-Match` to be told that it is still so, and in `If-Match` to change it.',
  'A change is committed once it is answered. `Larder-Freshness: pending` on the answer says that the caches do not know of it yet: until they do, a read may show what was before.',
  'An answer names in `Larder-Version` what it shows or changed, such as `product-0f6a7c1e-52c5-4a54-9d3b-3b6c1f0e8a11=12`. Send that back in the same field, and no later answer shows anything older, through whichever process: you read your own writes, and never see a product go back in time. Members of several answers may be joined with commas, up to 64 (4,096 characters). A version that does not exist yet costs a read of the database and changes nothing.',
  'A browser need not do so for what its own session changed: the session remembers its last 32 changes, as long as it lives.',
  'Every error is a problem of RFC 9457; branch on its `type`. Unknown fields and parameters are errors.',
  'Every answer says in `RateLimit` what is left of your requests and changes of this minute, and in `RateLimit-Policy` how many there are; who has none left gets 429 and `Retry-After`. Lists and this documentation are compressed for whom takes `br` or `gzip`.',
  'Send `Idempotency-Key` with what creates a thing or moves stock: repeated with the same key within 24 hours it is one change, and answered alike. Other routes ignore it.',
  'Pages of other sites may not change anything.',
];
