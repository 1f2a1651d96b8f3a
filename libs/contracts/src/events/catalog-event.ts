import { z } from 'zod';
import { Id, Version } from '../primitives.js';

const Path = z.array(Id).max(3);

/** A product row changed. The paths lead from the root category to the product's own; empty before an insert and after a delete. */
const ProductChange = z.object({
  id: Id,
  version: Version,
  categoryPath: Path,
  previousCategoryPath: Path,
  changed: z.array(z.string()),
});

/** A category row changed. The paths lead from the root to the category itself; empty before an insert and after a delete. */
const CategoryChange = z.object({
  id: Id,
  version: Version,
  path: Path,
  previousPath: Path,
  changed: z.array(z.string()),
});

/** A stock row changed. */
const StockChange = z.object({ productId: Id, version: Version });

/** Data of every event type; the type is the routing key too. `changed` names columns in snake case, and is empty for inserts and deletes. */
export const catalogEventData = {
  'catalog.product.created': ProductChange,
  'catalog.product.updated': ProductChange,
  'catalog.product.deleted': ProductChange,
  'catalog.category.created': CategoryChange,
  'catalog.category.updated': CategoryChange,
  'catalog.category.deleted': CategoryChange,
  'catalog.stock.changed': StockChange,
} as const;

type CatalogEventType = keyof typeof catalogEventData;

/** A catalog event by type, with its validated data. */
export type CatalogEvent = {
  [Type in CatalogEventType]: { readonly type: Type; readonly data: z.output<(typeof catalogEventData)[Type]> };
}[CatalogEventType];

/** A catalog event with the transaction of the database that made it, in digits. */
export type CatalogChange = CatalogEvent & { readonly transaction: string };

/** Where the catalog publishes; a durable topic exchange. */
export const CATALOG_EXCHANGE = 'catalog.events';

/** What the catalog puts into the `source` attribute of its events. */
export const CATALOG_SOURCE = '/larder/catalog';

/** Reads an event as it came off the broker. @throws {z.ZodError} naming what is wrong; an unknown type is wrong too */
export function parseCatalogEvent(type: string, data: unknown): CatalogEvent {
  const known = z.enum(Object.keys(catalogEventData) as CatalogEventType[]).parse(type);
  return { type: known, data: catalogEventData[known].parse(data) } as CatalogEvent;
}
