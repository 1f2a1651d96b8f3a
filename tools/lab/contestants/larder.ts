import {
  Cache,
  connectRedis,
  defineSpace,
  RedisStore,
  type Freshness,
  type Space,
  type SpaceCache,
} from '@larder/cache';
import { z } from 'zod';
import type { CacheUnderTest, LabConnection, Reader, Row } from '../adapter.js';

const LabRow = z.object({ key: z.string(), version: z.number(), readAtUs: z.number(), text: z.string() });

const VARIANTS = ['strict', 'acknowledged', 'bounded', 'eventual', 'session'] as const;
/** The levels, and `session`: eventual, read with the newest version that the reader has seen. */
type Variant = (typeof VARIANTS)[number];

/** This project's cache, as its documentation shows it. */
export async function connect(lab: LabConnection): Promise<CacheUnderTest> {
  const variant = VARIANTS.find((each) => each === lab.variant) ?? 'acknowledged';
  const redis = connectRedis({ ...lab.redis }, () => undefined);
  await redis.connect();
  const cache = new Cache({ store: new RedisStore(redis), transactions: lab.inProgress });
  const space = spaceOf(variant, lab);
  return {
    read: readerOf(variant, cache.space(space), lab),
    write: writerOf(variant, cache, space),
    async close() {
      await cache.close();
      redis.disconnect();
    },
  };
}

/** The spaces of the laboratory have the names of the catalog's, so that the catalog's events invalidate them. */
function spaceOf(variant: Variant, { table, boundMs }: LabConnection): Space<Row> {
  const freshness = freshnessOf(variant, boundMs);
  const withL1 = variant !== 'strict' && variant !== 'acknowledged';
  return defineSpace({
    service: 'catalog_service',
    entity: table === 'stock' ? 'stock' : 'product',
    value: LabRow,
    version: ({ version }) => version,
    ttlMs: 60_000,
    freshness,
    ...(withL1 && { l1: { maxEntries: 1_000, maxBytes: 1_048_576 } }),
  });
}

function freshnessOf(variant: Variant, maxStalenessMs: number): Freshness {
  if (variant === 'bounded') return { maxStalenessMs };
  return variant === 'session' ? 'eventual' : variant;
}

function readerOf(variant: Variant, entries: SpaceCache<Row>, { load }: LabConnection): CacheUnderTest['read'] {
  if (variant !== 'session') return (key) => entries.getOrSet(key, () => load(key));
  return (key: string, { minVersion }: Reader) => entries.getOrSet(key, () => load(key), { minVersion });
}

/** At the levels below `acknowledged` events alone invalidate. */
function writerOf(variant: Variant, cache: Cache, space: Space<Row>): CacheUnderTest['write'] {
  switch (variant) {
    case 'strict':
      return async (key, commit) => {
        const { version, transaction } = await commit(async (change) => {
          await cache.intend(space.intents(key, change.transaction));
        });
        const entries = space.entries(key, version).map((entry) => ({ ...entry, transaction }));
        await cache.invalidate({ entries, tags: [] });
      };
    case 'acknowledged':
      return async (key, commit) => {
        const { version } = await commit();
        await cache.invalidate({ entries: space.entries(key, version), tags: [] });
      };
    case 'bounded':
    case 'eventual':
    case 'session':
      return (_, commit) => commit();
  }
}
