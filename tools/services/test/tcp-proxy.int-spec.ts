import { Redis } from 'ioredis';
import { startRedis, TcpProxy, type Server } from '../index.js';

let server: Server;
let proxy: TcpProxy;
let clients: Redis[] = [];

/** For a command that is never answered; where none is lost, a busy machine has a second. */
const LOST_MS = 200;

/** A client that reports what happens to it, and mends nothing by itself. */
async function connected(commandTimeout = 1_000): Promise<Redis> {
  const redis = new Redis({
    host: proxy.host,
    port: proxy.port,
    lazyConnect: true,
    retryStrategy: null,
    maxRetriesPerRequest: 0,
    commandTimeout,
    enableOfflineQueue: false,
    disconnectTimeout: 100,
  });
  redis.on('error', () => undefined);
  clients.push(redis);
  await redis.connect();
  return redis;
}

beforeAll(async () => {
  server = await startRedis();
});

afterAll(async () => {
  await server.stop();
});

beforeEach(async () => {
  proxy = await TcpProxy.start(server);
});

afterEach(async () => {
  for (const client of clients) client.disconnect();
  clients = [];
  await proxy.stop();
});

it('forwards both ways, more than one packet too', async () => {
  const redis = await connected();
  const value = 'x'.repeat(20_000);
  await redis.set('big', value);
  expect(await redis.get('big')).toBe(value);
});

it('refuses, and takes connections again on the same port', async () => {
  const before = await connected();
  await proxy.refuse();
  await expect(before.ping()).rejects.toThrow();
  await expect(connected()).rejects.toThrow('Connection is closed');
  await proxy.forward();
  expect(await (await connected()).ping()).toBe('PONG');
});

it('swallows everything, or only the answers', async () => {
  const [unheard, unanswered, witness] = [await connected(LOST_MS), await connected(LOST_MS), new Redis(server.url)];
  clients.push(witness);
  proxy.swallow('everything');
  await expect(unheard.set('unheard', '1')).rejects.toThrow('timed out');
  proxy.swallow('answers');
  await expect(unanswered.set('unanswered', '1')).rejects.toThrow('timed out');
  expect(await witness.mget('unheard', 'unanswered')).toEqual([null, '1']);
});

it('cuts what lost bytes when it forwards again, and nothing else', async () => {
  const [silent, talker] = [await connected(), await connected(LOST_MS)];
  proxy.swallow('answers');
  await expect(talker.ping()).rejects.toThrow('timed out');
  await proxy.forward();
  await expect(talker.ping()).rejects.toThrow(/closed|writable/);
  expect(await silent.ping()).toBe('PONG');
});

it('cuts all connections, and takes new ones', async () => {
  const before = await connected();
  const ended = new Promise((resolve) => before.once('end', resolve));
  proxy.cut();
  await ended;
  expect(await (await connected()).ping()).toBe('PONG');
});

it('passes bytes on late and in order, also those that come after the delay', async () => {
  const redis = await connected();
  proxy.delay(100);
  const startedMs = performance.now();
  const slow = redis.rpush('order', 'first');
  await new Promise((resolve) => setTimeout(resolve, 20));
  await proxy.forward();
  const next = redis.rpush('order', 'second');
  expect(await Promise.all([slow, next])).toEqual([1, 2]);
  expect(performance.now() - startedMs).toBeGreaterThan(98);
});

it('answers commands itself, split or pipelined, and lets the server answer again after', async () => {
  const redis = await connected();
  const asked: (readonly string[])[] = [];
  proxy.answer((command) => {
    asked.push(command);
    return '-LOADING Redis is loading the dataset in memory\r\n';
  });
  const value = 'x'.repeat(200_000);
  const answers = await Promise.allSettled([redis.set('k', value), redis.get('k'), redis.ping()]);
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(asked).toEqual([['set', 'k', value], ['get', 'k'], ['ping']]);
  await proxy.forward();
  expect(await redis.get('k')).toBeNull();
});

it('leaves to the server what it is told to', async () => {
  const redis = await connected();
  proxy.answer(([name]) => (name === 'set' ? '-OOM full\r\n' : null));
  await expect(redis.set('k', 'v')).rejects.toThrow('OOM');
  expect(await redis.echo('ü\r\n')).toBe('ü\r\n');
});

it('cuts subscribers for as long as it is told to, and leaves the others alone', async () => {
  const [plain, subscriber, late] = [await connected(), await connected(), await connected()];
  await subscriber.subscribe('news');
  proxy.cutSubscribers();
  await new Promise((resolve) => subscriber.once('end', resolve));
  await expect(late.subscribe('news')).rejects.toThrow();
  expect(await plain.ping()).toBe('PONG');
  await proxy.forward();
  expect(await (await connected()).subscribe('news')).toBe(1);
});

it('mutes subscribers, which are cut when it forwards again, and leaves the others alone', async () => {
  const [plain, subscriber] = [await connected(), await connected(LOST_MS)];
  const news: string[] = [];
  subscriber.on('message', (_channel, text: string) => news.push(text));
  await subscriber.subscribe('news');
  proxy.muteSubscribers();
  expect(await plain.publish('news', 'unheard')).toBe(1);
  await expect(subscriber.ping()).rejects.toThrow('timed out');
  expect(news).toEqual([]);
  const ended = new Promise((resolve) => subscriber.once('end', resolve));
  await proxy.forward();
  await ended;
});
