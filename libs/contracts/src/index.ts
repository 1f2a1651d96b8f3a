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
export { CartLine, CartLines, Quantity } from './auth/cart.js';
export { auth } from './auth/procedures.js';
export {
  categorySpace,
  categoryTreeSpace,
  IdPage,
  listTags,
  productListSpace,
  productSpace,
  searchSpace,
  searchTags,
  TREE_TAG,
} from './cached/catalog-spaces.js';
export { invalidationsOf } from './cached/invalidations.js';
export { Category, CategoryChanges, CategoryPage, NewCategory } from './catalog/category.js';
export { catalog } from './catalog/procedures.js';
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
export { ERROR_CODES, type ErrorCode } from './errors.js';
export {
  CATALOG_EXCHANGE,
  CATALOG_SOURCE,
  catalogEventData,
  parseCatalogEvent,
  type CatalogEvent,
  type CatalogEventType,
} from './events/catalog-event.js';
export { Currency, Cursor, Id, Instant, page, PageLimit, PriceMinor, text, Version } from './primitives.js';
