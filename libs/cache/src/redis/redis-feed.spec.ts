import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Redis } from 'ioredis';
import { connectRedis } from './connect-redis.js';
import { RedisStore } from './redis-store.js';

const listener = {
  heard: () => undefined,
  certified: () => undefined,
  caughtUp: () => undefined,
  lost: () => undefined,
};

let server: Server;
let sockets: Socket[];
let ends: (() => void)[];

beforeEach(async () => {
  [sockets, ends] = [[], []];
  server = createServer((socket) => sockets.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(() => {
  for (const end of ends) end();
  for (const socket of sockets) socket.destroy();
  server.close();
});

const port = (): number => (server.address() as AddressInfo).port;

/** How many others have connected. What is to connect has begun to when the first of its own two is there, and the server takes them in turn. */
async function connections(): Promise<number> {
  for (let own = 0; own < 2; own++) {
    const socket = connect(port(), '127.0.0.1');
    await once(socket, 'connect');
    while (!sockets.some(({ remotePort }) => remotePort === socket.localPort)) await once(server, 'connection');
    socket.destroy();
  }
  return sockets.length - 2;
}

function client(): Redis {
  const redis = connectRedis({ host: '127.0.0.1', port: port() }, () => undefined);
  ends.push(() => {
    redis.disconnect();
  });
  return redis;
}

function listen(redis: Redis): () => void {
  const stop = new RedisStore(redis).listen('shop', listener);
  ends.push(stop);
  return stop;
}

it('connects nothing before its client connects, and both then', async () => {
  const redis = client();
  listen(redis);
  expect(await connections()).toBe(0);
  redis.connect().catch(() => undefined);
  while (sockets.length < 4) await once(server, 'connection');
});

it('connects nothing any more once it was stopped', async () => {
  const redis = client();
  listen(redis)();
  redis.connect().catch(() => undefined);
  await once(server, 'connection');
  expect(await connections()).toBe(1);
});

it('connects at once if its client has begun to', async () => {
  const redis = client();
  redis.connect().catch(() => undefined);
  listen(redis);
  while (sockets.length < 2) await once(server, 'connection');
});

it('makes room for its listeners on the client, and gives it back', () => {
  const redis = client();
  const before = redis.getMaxListeners();
  const stops = Array.from({ length: 12 }, (_, service) => new RedisStore(redis).listen(`shop-${service}`, listener));
  expect(redis.listenerCount('ready')).toBeLessThanOrEqual(redis.getMaxListeners());
  for (const stop of stops) stop();
  expect(redis.getMaxListeners()).toBe(before);
});
