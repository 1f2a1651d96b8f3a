import { Cache, connectRedis, defineSpace, RedisStore, type Space } from '@larder/cache';
import { z } from 'zod';
import type { CacheUnderTest, LabConnection, Row } from '../adapter.js';

const LabRow = z.object({ key: z.string(), version: z.number(), readAtUs: z.number(), text: z.string() });

const VARIANTS = ['acknowledged', 'eventual'] as const;
type Variant = (typeof VARIANTS)[number];

/** The spaces of the laboratory have the names of the catalog's, so that the catalog's events invalidate them. */
function spaceOf(variant: Variant, table: LabConnection['table']): Space<Row> {
  return defineSpace({
    service: 'catalog_service',
    entity: table === 'stock' ? 'stock' : 'product',
    value: LabRow,
    version: ({ version }) => version,
    ttlMs: 60_000,
    ...(variant === 'eventual' && { l1: { maxEntries: 1_000, maxBytes: 1_048_576 } }),
  });
}

/** This project's cache, as its documentation shows it. */
export async function connect(lab: LabConnection): Promise<CacheUnderTest> {
  const variant = VARIANTS.find((each) => each === lab.variant) ?? 'acknowledged';
  const redis = connectRedis({ ...lab.redis }, () => undefined);
  await redis.connect();
  const cache = new Cache({ store: new RedisStore(redis) });
  const space = cache.space(spaceOf(variant, lab.table));
  return {
    read: (key) => space.getOrSet(key, () => lab.load(key)),
    async write(key, commit) {
      const { version } = await commit();
      if (variant === 'acknowledged') await space.invalidate(key, { version });
    },
    async close() {
      await cache.close();
      redis.disconnect();
    },
  };
}
