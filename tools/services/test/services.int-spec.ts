import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'amqplib';
import { Redis } from 'ioredis';
import { borrowDatabase, borrowVhost, query, startPostgres, startRedis, until, type Server } from '../index.js';
import { Guard } from '../guard.js';
import { familyOf, gone } from '../processes.js';
import { createTempDir, isOpenTo } from '../temp-dir.js';

async function onRedis<Result>(server: Server, use: (redis: Redis) => Promise<Result>): Promise<Result> {
  const redis = new Redis(server.url, { commandTimeout: 1_000, maxRetriesPerRequest: 0, retryStrategy: null });
  redis.on('error', () => undefined);
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}

describe('startRedis', () => {
  it('keeps its data over kill and restart when persistent, and comes back empty when told so', async () => {
    const server = await startRedis({ persistent: true });
    try {
      await onRedis(server, (redis) => redis.set('k', 'v'));
      await server.kill();
      expect(server.pid).toBe(-1);
      await server.restart();
      expect(await onRedis(server, (redis) => redis.get('k'))).toBe('v');
      await server.restart({ empty: true });
      expect(await onRedis(server, (redis) => redis.get('k'))).toBeNull();
    } finally {
      await server.stop();
    }
  });

  it('answers nothing while paused, and all again after', async () => {
    const server = await startRedis();
    try {
      await onRedis(server, async (redis) => {
        await redis.ping();
        await server.pause();
        await expect(redis.ping()).rejects.toThrow('timed out');
        await server.resume();
        expect(await redis.ping()).toBe('PONG');
      });
    } finally {
      await server.stop();
    }
  });

  it('leaves neither process nor folder', async () => {
    const server = await startRedis();
    const { pid } = server;
    await server.stop();
    expect(await gone([pid], 0)).toBe(true);
    await expect(onRedis(server, (redis) => redis.ping())).rejects.toThrow();
  });
});

describe('startPostgres', () => {
  it('keeps committed rows over kill -9, and freezes as a whole', async () => {
    const server = await startPostgres();
    try {
      const url = await server.createDatabase();
      await query(url, 'CREATE TABLE t AS SELECT 1 AS n');
      const family = await familyOf(server.pid);
      await server.kill();
      expect(await gone(family, 0)).toBe(true);
      await server.restart();
      expect(await query(url, 'SELECT n FROM t')).toEqual([{ n: 1 }]);

      await server.pause();
      const late = query(url, 'SELECT n FROM t');
      expect(await Promise.race([late, sleep(200, 'nothing')])).toBe('nothing');
      await server.resume();
      expect(await late).toEqual([{ n: 1 }]);
    } finally {
      await server.stop();
    }
  });
});

describe('borrowed places', () => {
  it('gives each borrower an empty database and takes it back', async () => {
    const [one, two] = [await borrowDatabase(), await borrowDatabase()];
    await query(one.url, 'CREATE TABLE t (n int)');
    expect(await query(two.url, "SELECT to_regclass('t') AS t")).toEqual([{ t: null }]);
    await Promise.all([one.release(), two.release()]);
    await expect(query(one.url, 'SELECT 1')).rejects.toThrow();
  });

  it('gives a vhost that carries messages, and takes it back', async () => {
    const place = await borrowVhost();
    const connection = await connect(place.url);
    connection.on('error', () => undefined); // the vhost goes before the connection does
    const channel = await connection.createChannel();
    channel.on('error', () => undefined);
    const { queue } = await channel.assertQueue('', { exclusive: true });
    channel.sendToQueue(queue, Buffer.from('hello'));
    let message: unknown = false;
    while (message === false) message = await channel.get(queue, { noAck: true });
    expect(String((message as { content: Buffer }).content)).toBe('hello');
    await connection.close();
    await place.release();
    await expect(connect(place.url)).rejects.toThrow();
  }, 60_000);
});

describe('Guard', () => {
  it('ends the server and removes its folder when the owner is killed', async () => {
    const dir = await createTempDir('guarded');
    const victim = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
    const guard = new Guard([dir]);
    guard.watch([victim.pid!]);
    expect(existsSync(dir)).toBe(true);
    // The end of its input is all that a guard sees of its owner's death.
    (guard as unknown as { child: { stdin: { end(): void } } }).child.stdin.end();
    expect(await gone([victim.pid!], 3_000)).toBe(true);
    await until('the folder is gone', 5_000, () => !existsSync(dir));
  });
});

describe('createTempDir', () => {
  it('makes a folder that another user can enter', async () => {
    const other = { uid: 65_534, gid: 65_534 };
    const dir = await createTempDir('for-other');
    expect(isOpenTo(dir, other)).toBe(true);
    await rm(dir, { recursive: true });
  });
});
