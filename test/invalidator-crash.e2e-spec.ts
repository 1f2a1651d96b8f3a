import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { Redis } from 'ioredis';
import { connectRedis } from '@larder/cache';
import { productSpace } from '@larder/contracts';
import { CatalogStandIn, KEY, updated } from '../apps/invalidator/test/catalog-stand-in.js';
import {
  borrowVhost,
  fastest,
  freePort,
  startRedis,
  until,
  type BorrowedVhost,
  type Server,
} from '../tools/services/index.js';

const MAIN = new URL('../dist/apps/invalidator/src/main.js', import.meta.url).pathname;
const STALE = 'V1AAAAA"old"';

/** Changes in a batch. */
const BATCH = 10;

describe('an invalidator that is killed', () => {
  let vhost: BorrowedVhost;
  let server: Server;
  let redis: Redis;
  const catalog = new CatalogStandIn();
  let invalidator: ChildProcess;
  let operations: string;

  async function start(): Promise<void> {
    const port = await freePort();
    operations = `http://127.0.0.1:${port}`;
    invalidator = spawn(process.execPath, [MAIN], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...{ PATH: process.env['PATH'], OPS_PORT: String(port), LOG_LEVEL: 'silent' },
        ...{ RABBITMQ_URL: vhost.url, REDIS_HOST: server.host, REDIS_PORT: String(server.port) },
        ...{ CATALOG_ADDRESSES: `127.0.0.1:${catalog.port}`, SERVICE_KEY_INVALIDATOR_CATALOG: KEY },
      },
    });
    await until('it is ready', 20_000, async () => (await readiness()) === 200);
  }

  const readiness = (): Promise<number> =>
    fetch(`${operations}/readyz`).then(
      ({ status }) => status,
      () => 0,
    );

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    if (invalidator.exitCode !== null || invalidator.signalCode !== null) return invalidator.exitCode;
    const exited = once(invalidator, 'exit');
    invalidator.kill(signal);
    await exited;
    return invalidator.exitCode;
  }

  beforeAll(async () => {
    if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: npm run build`);
    [vhost, server] = await Promise.all([borrowVhost(), startRedis()]);
    redis = connectRedis({ host: server.host, port: server.port, commandTimeoutMs: 5_000 }, () => undefined);
    await redis.connect();
    await catalog.listen();
    await start();
    await catalog.connect(vhost.url);
  }, 120_000);

  afterAll(async () => {
    await end('SIGKILL');
    await catalog.close();
    redis.disconnect();
    await Promise.all([vhost.release(), server.stop()]);
  });

  async function staleEntries(count: number): Promise<string[]> {
    const ids = Array.from({ length: count }, () => randomUUID());
    await redis.mset(ids.flatMap((id) => [productSpace.key(id), STALE]));
    return ids;
  }

  const stale = async (ids: readonly string[]): Promise<number> =>
    (await redis.mget(...ids.map((id) => productSpace.key(id)))).filter((entry) => entry === STALE).length;

  async function publish(ids: readonly string[]): Promise<void> {
    const batches = Array.from({ length: ids.length / BATCH }, (_, place) =>
      catalog.number(ids.slice(place * BATCH, (place + 1) * BATCH).map((id) => updated(id, 2))),
    );
    await catalog.publish(...batches);
  }

  it('loses nothing of the batches it held', async () => {
    const ids = await staleEntries(450);
    await server.pause();
    await publish(ids);
    await until('it is not ready', 10_000, async () => (await readiness()) === 503);
    await end('SIGKILL');
    await server.resume();
    expect(await stale(ids)).toBeGreaterThan(0);
    await start();
    await until('nothing old is left', 10_000, async () => (await stale(ids)) === 0);
  });

  it('loses nothing when it is killed at random moments of its work', async () => {
    const all: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const ids = await staleEntries(2_000);
      all.push(...ids);
      await publish(ids);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
      await end('SIGKILL');
      await start();
    }
    await until('nothing old is left', 10_000, async () => (await stale(all)) === 0);
  });

  it('ends within seconds on SIGTERM, with code 0, also while Redis is frozen', async () => {
    const ending = async (): Promise<number> => {
      const ids = await staleEntries(50);
      await server.pause();
      await publish(ids);
      await until('it is not ready', 10_000, async () => (await readiness()) === 503);
      const askedMs = performance.now();
      expect(await end('SIGTERM')).toBe(0);
      const tookMs = performance.now() - askedMs;
      await server.resume();
      await start();
      await until('nothing old is left', 10_000, async () => (await stale(ids)) === 0);
      return tookMs;
    };
    expect(await fastest(2, 4_500, ending)).toBeLessThan(4_500);
  }, 60_000);
});
