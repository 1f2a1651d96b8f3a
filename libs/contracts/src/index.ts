export {
  Account,
  ClaimedPassword,
  Email,
  NewPassword,
  Preferences,
  PreferencesChanges,
  Principal,
  Role,
  SessionView,
  VersionedPreferences,
} from './auth/account.js';
export { CartLine, Quantity } from './auth/cart.js';
export { auth, MAX_RECALLED } from './auth/procedures.js';
export {
  BOUNDED,
  CATALOG_SERVICE,
  CATALOG_SPACES,
  categorySpace,
  categoryTreeSpace,
  IdPage,
  listTags,
  productListSpace,
  productSpace,
  searchSpace,
  searchTags,
  stockSpace,
  TREE_TAG,
} from './cached/catalog-spaces.js';
export { chainBatchOf } from './cached/chain-batch.js';
export { CATALOG_RETIRED, intentsOf, invalidationsOf } from './cached/invalidations.js';
export { Category, CategoryChanges, CategoryPage, NewCategory } from './catalog/category.js';
export { catalog, MAX_GATHERED_READS } from './catalog/procedures.js';
export type { ProductOutcome } from './catalog/product-outcome.js';
export {
  NewProduct,
  Product,
  ProductChanges,
  ProductListQuery,
  ProductPage,
  ProductSearchQuery,
  ProductSort,
} from './catalog/product.js';
export { Offer, Stock, StockDelta } from './catalog/stock.js';
export { MinVersions, VersionedKind, VersionedName, versionedName, Versions, versionsOf } from './catalog/versions.js';
export type { ErrorCode } from './errors.js';
export {
  CATALOG_EXCHANGE,
  CATALOG_SOURCE,
  catalogEventData,
  parseCatalogEvent,
  type CatalogChange,
  type CatalogEvent,
} from './events/catalog-event.js';
export { BatchedChange, CHANGE_BATCH, ChangeBatch } from './events/change-batch.js';
export { Currency, Cursor, Id, Instant, PageLimit, PriceMinor } from './primitives.js';
