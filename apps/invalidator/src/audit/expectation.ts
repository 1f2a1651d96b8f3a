import type { Cache, Peek, Space } from '@larder/cache';
import { categorySpace, productSpace, stockSpace, type CatalogEvent } from '@larder/contracts';

/** What a look at an entry tells. `unreachable`: the store could not be asked, so nobody knows. */
export type CheckResult = 'fresh' | 'stale' | 'unreachable';

/** What an event says of the entry of the row that it is about: nothing older than `version` may be served any more. */
export interface Expectation {
  readonly space: AuditedSpace;
  readonly id: string;
  readonly version: number;
  /** Whether the row is gone, so that a cached absence is right, whatever its version. */
  readonly gone: boolean;
}

/** A space as an auditor sees it. */
export interface AuditedSpace {
  /** `service:entity`. */
  readonly name: string;
  readonly peek: (cache: Cache, id: string) => Promise<Peek<unknown>>;
}

const PRODUCTS = audited(productSpace);
const CATEGORIES = audited(categorySpace);
const STOCK = audited(stockSpace);

/** Every space that is audited. */
export const AUDITED_SPACES: readonly AuditedSpace[] = [PRODUCTS, CATEGORIES, STOCK];

/** What follows from an event. */
export function expectationOf({ type, data }: CatalogEvent): Expectation {
  const { version } = data;
  if ('productId' in data) return { space: STOCK, id: data.productId, version, gone: false };
  const space = 'path' in data ? CATEGORIES : PRODUCTS;
  return {
    space,
    id: data.id,
    version,
    gone: type === 'catalog.product.deleted' || type === 'catalog.category.deleted',
  };
}

/** Looks whether an expectation is met. Never rejects. */
export async function check(cache: Cache, { space, id, version, gone }: Expectation): Promise<CheckResult> {
  const found = await space.peek(cache, id).catch(() => ({ status: 'unreachable' as const }));
  switch (found.status) {
    case 'absent':
      return 'fresh';
    case 'unreachable':
      return 'unreachable';
    case 'fresh':
    case 'stale':
    case 'grace':
      return found.version >= version || (gone && found.value === null) ? 'fresh' : 'stale';
  }
}

/** As a space is in the store: what a process keeps for itself is vouched for by its feed. */
function audited<Value>(space: Space<Value>): AuditedSpace {
  const inStore = { ...space, l1: null };
  return { name: space.name, peek: async (cache, id) => cache.space(inStore).peek(id) };
}
