import type { Redis } from 'ioredis';
import { z } from 'zod';
import { startRedis, type Server } from '../../../tools/services/index.js';
import { Cache, connectRedis, defineSpace, RedisStore } from '../src/index.js';

const Row = z.object({ version: z.number() });
const rows = defineSpace({ service: 'shop', entity: 'row', value: Row, version: (row) => row.version, ttlMs: 60_000 });
const LOAD_MS = 5;

let server: Server;
let clients: Redis[];
let writer: Cache;
let reader: Cache;
let committed: number;

const load = async (): Promise<{ version: number }> => {
  const version = committed;
  await new Promise((resolve) => setTimeout(resolve, LOAD_MS));
  return { version };
};

beforeEach(async () => {
  committed = 1;
  server = await startRedis({ persistent: true });
  clients = [0, 1].map(() => connectRedis(server, () => undefined));
  await Promise.all(clients.map((client) => client.connect()));
  [writer, reader] = clients.map((client) => new Cache({ store: new RedisStore(client) })) as [Cache, Cache];
  await reader.space(rows).getOrSet('1', load);
});

afterEach(async () => {
  for (const cache of [writer, reader]) cache.close();
  for (const client of clients) client.disconnect();
  await server.stop();
});

/** Reads for `ms`, and answers the slowest read in milliseconds and whether any was a hit. */
async function readFor(ms: number, cache: Cache): Promise<{ slowestMs: number; hits: number; reads: number }> {
  const endMs = performance.now() + ms;
  const seen = { slowestMs: 0, hits: 0, reads: 0 };
  while (performance.now() < endMs) {
    const startedMs = performance.now();
    const { outcome } = await cache.space(rows).read('1', load);
    seen.slowestMs = Math.max(seen.slowestMs, performance.now() - startedMs);
    seen.reads++;
    if (outcome === 'hit') seen.hits++;
  }
  return seen;
}

/** How long after now `cache` shows the committed version from the store, in milliseconds. */
async function freshAfterMs(cache: Cache): Promise<number> {
  const startedMs = performance.now();
  for (;;) {
    const { value, outcome } = await cache.space(rows).read('1', load);
    if (value.version === committed && outcome === 'hit') return performance.now() - startedMs;
    if (performance.now() - startedMs > 10_000) throw new Error('still not fresh');
  }
}

const faults: [string, () => Promise<void>, () => Promise<void>][] = [
  ['killed, back with its data', () => server.kill(), () => server.restart()],
  ['killed, back empty', () => server.kill(), () => server.restart({ empty: true })],
  ['stopped', () => server.pause(), () => server.resume()],
];

describe.each(faults)('with Redis %s', (_, strike, mend) => {
  it('keeps reading from the load, and shows what was written meanwhile within 1 s of its return', async () => {
    await strike();
    const first = await readFor(1, reader);
    const steady = await readFor(600, reader);
    expect(first.slowestMs).toBeLessThan(LOAD_MS + 150);
    expect(steady.slowestMs).toBeLessThan(LOAD_MS + 150);
    expect(steady.hits).toBe(0);

    committed = 2;
    await expect(writer.space(rows).invalidate('1', { version: 2 })).rejects.toMatchObject({
      code: 'INVALIDATION_PENDING',
    });
    expect(writer.pendingInvalidations).toBe(1);
    expect((await writer.space(rows).read('1', load)).value).toEqual({ version: 2 });

    await mend();
    const [byWriter, byReader] = await Promise.all([freshAfterMs(writer), freshAfterMs(reader)]);
    expect(byWriter).toBeLessThan(1_000);
    expect(byReader).toBeLessThan(1_000);
    expect(writer.pendingInvalidations).toBe(0);
  });
});

it('reads a cold key once for 1,000 callers in four clients', async () => {
  const more = [0, 1, 2, 3].map(() => connectRedis(server, () => undefined));
  await Promise.all(more.map((client) => client.connect()));
  const caches = more.map((client) => new Cache({ store: new RedisStore(client) }));
  let loads = 0;
  const slowLoad = async (): Promise<{ version: number }> => {
    loads++;
    await new Promise((resolve) => setTimeout(resolve, 20));
    return { version: 1 };
  };
  const callers = caches.flatMap((cache) =>
    Array.from({ length: 250 }, () => cache.space(rows).getOrSet('cold', slowLoad)),
  );
  await Promise.all(callers);
  expect(loads).toBe(1);
  for (const client of more) client.disconnect();
});
