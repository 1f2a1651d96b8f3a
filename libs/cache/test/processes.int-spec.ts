import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Redis } from 'ioredis';
import { fastest, startRedis, type Server } from '../../../tools/services/index.js';
import { Cache, connectRedis, RedisStore, type CacheOptions } from '../src/index.js';
import { rows } from './support/rows.js';

const HOLDER = fileURLToPath(new URL('support/lease-holder.mjs', import.meta.url));
const LOAD_MS = 20;
/** What a machine with two busy cores may add. */
const MARGIN_MS = 150;

let server: Server;
let clients: Redis[] = [];
let loads: number;

const load = async (): Promise<{ version: number }> => {
  loads++;
  await sleep(LOAD_MS);
  return { version: 1 };
};

/** As many caches, each over a client of its own, as other processes would have. */
async function connect(count: number, options: Partial<CacheOptions> = {}): Promise<Cache[]> {
  const more = Array.from({ length: count }, () => connectRedis(server, () => undefined));
  clients.push(...more);
  await Promise.all(more.map((client) => client.connect()));
  // A deadline for when the machine is busy: what is tested is who loads, not how soon a store counts as failing.
  return more.map((client) => new Cache({ store: new RedisStore(client), operationTimeoutMs: 2_000, ...options }));
}

/** Has another process take the lease of `id`, and kills it while it loads. */
async function killHolder(id: string, leaseMs: number): Promise<void> {
  const holder = spawn(process.execPath, [HOLDER, String(server.port), id, String(leaseMs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  holder.kill('SIGKILL');
  await once(holder, 'exit');
}

beforeAll(async () => {
  server = await startRedis();
});

afterAll(async () => {
  await server.stop();
});

beforeEach(() => {
  loads = 0;
});

afterEach(() => {
  for (const client of clients) client.disconnect();
  clients = [];
});

it('reads a cold key once for 1,000 callers in four clients', async () => {
  const caches = await connect(4, { maxWaitMs: 5_000 });
  await Promise.all(
    caches.flatMap((cache) => Array.from({ length: 250 }, () => cache.space(rows).getOrSet('cold', load))),
  );
  expect(loads).toBe(1);
});

describe('a process that is killed while it loads', () => {
  it('delays others by what is left of its lease, after which one loads for all, and stores it', async () => {
    const caches = await connect(4, { maxWaitMs: 2_000 });
    const limitMs = 600 + LOAD_MS + MARGIN_MS;
    const delay = async (attempt: number): Promise<number> => {
      const id = `dead ${attempt}`;
      loads = 0;
      await killHolder(id, 600);
      const startedMs = performance.now();
      const reads = await Promise.all(
        caches.flatMap((cache) => Array.from({ length: 25 }, () => cache.space(rows).read(id, load))),
      );
      const tookMs = performance.now() - startedMs;
      expect(loads).toBe(1);
      expect(new Set(reads.map(({ value }) => value.version))).toEqual(new Set([1]));
      expect((await caches[0]!.space(rows).read(id, load)).outcome).toBe('hit');
      return tookMs;
    };
    expect(await fastest(3, limitMs, delay)).toBeLessThan(limitMs);
  });

  it('delays others by no more than they are willing to wait, however long its lease', async () => {
    const caches = await connect(2, { maxWaitMs: 100 });
    const limitMs = 100 + LOAD_MS + MARGIN_MS;
    const delay = async (attempt: number): Promise<number> => {
      const id = `long dead ${attempt}`;
      await killHolder(id, 60_000);
      const startedMs = performance.now();
      const reads = await Promise.all(caches.map((cache) => cache.space(rows).read(id, load)));
      const tookMs = performance.now() - startedMs;
      expect(tookMs).toBeGreaterThan(99);
      expect(reads.map(({ value }) => value.version)).toEqual([1, 1]);
      expect(reads.map(({ stored }) => stored)).toEqual([false, false]);
      return tookMs;
    };
    expect(await fastest(3, limitMs, delay)).toBeLessThan(limitMs);
  });
});
