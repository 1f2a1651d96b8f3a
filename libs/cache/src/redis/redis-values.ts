import type { Cluster, Redis } from 'ioredis';
import { certificateKey } from '../core/key.js';
import { parseRecord } from '../core/record.js';
import type { Found, Inspection } from '../core/store.js';
import type { Buckets } from './buckets.js';
import { isCluster } from './is-cluster.js';

type Text = string | null;

export const ABSENT = { state: 'absent' } as const;

/** What stood where, in one round trip. */
export interface Values {
  readonly certificates: readonly (number | null)[];
  readonly values: readonly Text[];
}

/** Reads the texts of names, and the certificates that hold for them. */
export class RedisValues {
  constructor(
    private readonly redis: Redis | Cluster,
    private readonly buckets: Buckets,
  ) {}

  /** Each node is asked for its certificate before anything that it is to hold for. */
  async read(names: readonly string[], services: readonly string[]): Promise<Values> {
    const { buckets } = this;
    const of = services.length > 0 ? buckets.ofAll(names) : [];
    const places = services.flatMap((service) => of.map((bucket) => buckets.placeIn(bucket, certificateKey(service))));
    const texts = await this.texts([...places, ...names.map((name) => buckets.place(name))]);
    const certificates = services.map((_, at) => oldest(texts.slice(at * of.length, (at + 1) * of.length)));
    return { certificates, values: places.length > 0 ? texts.slice(places.length) : texts };
  }

  async inspect(key: string): Promise<Inspection> {
    const [text, ttlMs, nowMs] = await Promise.all([
      this.read([key], []),
      this.redis.pttl(this.buckets.place(key)),
      timeOf(this.redis),
    ]);
    const [value] = text.values;
    return { entry: value ? parseRecord(value) : null, ttlMs: ttlMs < 0 ? null : ttlMs, nowMs };
  }

  /** A key of another type is nothing to us: MGET says so, and GET fails. */
  private texts(places: readonly string[]): Promise<Text[]> {
    const { redis } = this;
    if (!isCluster(redis)) return redis.mget(...places);
    return Promise.all(places.map((place) => redis.get(place).catch(absentIfForeign))); // they are on several nodes
  }
}

/** Of all buckets the certificate of the one that is furthest behind. */
function oldest(certificates: readonly Text[]): number | null {
  return certificates.includes(null) ? null : Math.min(...certificates.map(Number));
}

function absentIfForeign(error: unknown): null {
  if (error instanceof Error && error.message.startsWith('WRONGTYPE')) return null;
  throw error;
}

/** What a text is to a look. */
export function found(text: string | null | undefined): Found {
  const entry = text ? parseRecord(text) : null;
  return entry?.state === 'value' || entry?.state === 'intent' ? entry : ABSENT;
}

/** The server's clock in whole milliseconds, cut off. */
export async function timeOf(redis: Redis | Cluster): Promise<number> {
  const [seconds, microseconds] = await redis.time();
  return Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000);
}
