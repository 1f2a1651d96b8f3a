import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { startRedis, TcpProxy, type Server } from '../../../tools/services/index.js';
import { LOAD_CONCURRENCY, OutageScene, type Outage, type Toll } from './support/outage-scene.js';
import { printTable } from './support/outage-table.js';

/** Where the caches connect to, and how it breaks; whether reads still reach the store then, and invalidations. */
interface Fault extends Omit<Outage, 'name'> {
  readonly readable?: true;
  readonly writable?: true;
}

/** The cache's own deadline, and what a machine with two busy cores may add. */
const FIRST_READ_MS = 100 + 50;
/** A read that waited for the store at all would have waited longer. */
const SHORTEST_WAIT_MS = 25;
const BACK_MS = 2_000;

let server: Server;
let proxy: TcpProxy;
let admin: Redis;
const tolls: Toll[] = [];

const onTheWay = (strike: () => unknown): Fault => ({
  host: proxy.host,
  port: proxy.port,
  strike: async () => strike(),
  mend: () => proxy.forward(),
});
const inTheServer = (strike: () => Promise<unknown>, mend: () => Promise<unknown>): Fault => ({
  host: server.host,
  port: server.port,
  strike,
  mend,
});

const faults: Record<string, () => Fault> = {
  refuse: () => onTheWay(() => proxy.refuse()),
  'black hole': () =>
    onTheWay(() => {
      proxy.swallow('everything');
    }),
  'answers vanish': () =>
    onTheWay(() => {
      proxy.swallow('answers');
    }),
  '500 ms slow': () =>
    onTheWay(() => {
      proxy.delay(500);
    }),
  READONLY: () => ({
    ...inTheServer(
      () => admin.replicaof('127.0.0.1', 1),
      () => admin.replicaof('NO', 'ONE'),
    ),
    readable: true,
  }),
  OOM: () => ({
    ...inTheServer(
      () => admin.config('SET', 'maxmemory', '1'),
      () => admin.config('SET', 'maxmemory', '0'),
    ),
    readable: true,
    writable: true,
  }),
  LOADING: () => inTheServer(startLoading, endLoading),
  'kill -9': () => inTheServer(killAndKeep, () => server.restart()),
  'kill -9, data lost': () =>
    inTheServer(
      () => server.kill(),
      () => server.restart({ empty: true }),
    ),
  SIGSTOP: () =>
    inTheServer(
      () => server.pause(),
      () => server.resume(),
    ),
};

async function killAndKeep(): Promise<void> {
  await admin.save();
  await server.kill();
}

/** Has the server die, and take its time to read what it finds on its disk. */
let loaded: Promise<void>;
async function startLoading(): Promise<void> {
  const fill = "for i = 1, 20000 do redis.call('SET', 'filler:' .. i, i) end";
  await admin.eval(fill, 0);
  await killAndKeep();
  loaded = server.restart();
  const endMs = performance.now() + 2_000;
  for (;;) {
    const answer = await admin.get('x').catch((error: unknown) => String(error));
    if (String(answer).includes('LOADING')) return;
    if (performance.now() > endMs) throw new Error(`Not LOADING but ${String(answer)}`);
    await sleep(5);
  }
}

async function endLoading(): Promise<void> {
  await admin.config('SET', 'key-load-delay', '0');
  await loaded;
}

beforeEach(async () => {
  server = await startRedis({ args: ['--key-load-delay', '200', '--loading-process-events-interval-bytes', '1024'] });
  proxy = await TcpProxy.start(server);
  admin = new Redis(server.url, { lazyConnect: true, enableReadyCheck: false, retryStrategy: () => 5 });
  admin.on('error', () => undefined);
});

afterEach(async () => {
  admin.disconnect();
  await proxy.stop();
  await server.stop();
});

afterAll(() => {
  printTable(tolls);
});

it.each(Object.keys(faults))('%s', async (name) => {
  const { readable, writable, ...fault } = faults[name]!();
  const scene = new OutageScene({ name, ...fault });
  try {
    const toll = await scene.play();
    tolls.push(toll);
    expect(toll.firstMs).toBeLessThan(FIRST_READ_MS);
    expect(toll.p50Ms).toBeLessThan(1);
    expect(toll.p99Ms).toBeLessThan(SHORTEST_WAIT_MS);
    if (!readable) expect(toll.hits).toBe(0);
    expect(toll.loads).toBeLessThanOrEqual(toll.reads);
    expect(toll.loadsAtOnce).toBeLessThanOrEqual(LOAD_CONCURRENCY);
    expect(toll.pending).toBe(writable ? 0 : toll.invalidations);
    expect(toll).toMatchObject({ lost: 0, stale: 0 });
    expect(toll.backMs).toBeLessThan(BACK_MS);
  } finally {
    await scene.close();
  }
});
