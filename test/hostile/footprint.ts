import type { Redis } from 'ioredis';
import { query } from '../../tools/services/index.js';
import { metric } from '../support/metrics.js';
import { APPS } from '../../tools/start/apps.js';
import { ACCOUNTS, type Scene } from './scene.js';

/**
 * What may not change: who has an account, what they like, what is sold. A version or a time may, and the generation of the one
 * account that signs out here.
 */
const LASTING = {
  accounts: `
    SELECT id, email, password_hash, roles, CASE WHEN email <> '${ACCOUNTS.customer.email}' THEN session_generation END AS generation
    FROM auth.users`,
  preferences: 'SELECT * FROM auth.preferences',
  categories: 'SELECT id, parent_id, name, path FROM public.categories',
  products: 'SELECT id, sku, name, brand, description, category_id, price_minor, currency, rating FROM public.products',
  stock: 'SELECT product_id, quantity FROM public.stock',
} as const;

/** Keys of people: sessions, their indexes, carts. They are told one by one. */
const PERSONAL = /^auth_service:(?!attempts-)/;

/** Every other key that the system may keep, and for how long at most, in milliseconds; `null`: for ever. */
const OTHERS: readonly (readonly [keys: RegExp, ttlMs: number | null])[] = [
  [/^auth_service:attempts-\w+:[\w-]{43}$/, 15 * 60_000],
  [/^gateway:limit:/, 60_000],
  [/^catalog_service:(product|category|stock|tree):[\w-]+$/, 24 * 3_600_000],
  [/^catalog_service:(list|search):[\w-]{43}$/, 24 * 3_600_000],
  [/^catalog_service:(chain|certificate)$/, null],
  [/^catalog_service:generation:[a-z]+$/, null],
  [/^catalog_service:tag:/, null],
];

/** What the system keeps, beside caches and counts. */
export interface Footprint {
  readonly processes: Readonly<Record<string, string>>;
  readonly rows: Readonly<Record<string, readonly string[]>>;
  readonly keys: readonly string[];
}

export async function footprintOf({ system, redis }: Scene): Promise<Footprint> {
  const rows = Object.entries(LASTING).map(async ([name, statement]) => {
    const found = await query(system.databaseUrl, statement);
    return [name, found.map((row) => JSON.stringify(row)).sort()] as const;
  });
  const processes = APPS.map(async (app) => {
    const startedAt = await metric(system.operations[app], 'process_start_time_seconds');
    return [app, `${system[app].pid} since ${startedAt}`] as const;
  });
  return {
    processes: Object.fromEntries(await Promise.all(processes)),
    rows: Object.fromEntries(await Promise.all(rows)),
    keys: (await keysOf(redis)).filter((key) => PERSONAL.test(key)).sort(),
  };
}

/** Keys that nobody knows, and such as stay longer than their kind may. */
export async function strayKeys(redis: Redis): Promise<string[]> {
  const keys = (await keysOf(redis)).filter((key) => !PERSONAL.test(key));
  const ttls: number[] = [];
  for (const key of keys) ttls.push(await redis.pttl(key));
  return keys.filter((key, at) => {
    const kind = OTHERS.find(([form]) => form.test(key));
    const ttlMs = ttls[at] ?? -1;
    return ttlMs !== -2 && (kind === undefined || (kind[1] !== null && (ttlMs < 0 || ttlMs > kind[1])));
  });
}

export async function keysOf(redis: Redis, match = '*'): Promise<string[]> {
  const found = new Set<string>();
  for await (const keys of redis.scanStream({ match, count: 1_000 }))
    for (const key of keys as string[]) found.add(key);
  return [...found];
}

/** Bytes that Redis uses for data, without what clients hold. */
export async function redisBytes(redis: Redis): Promise<number> {
  return Number(/used_memory_dataset:(\d+)/.exec(await redis.info('memory'))?.[1]);
}
