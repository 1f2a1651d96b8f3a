import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram, REDIS } from './binaries.js';
import { freePort } from './ports.js';
import { ServerProcess } from './server-process.js';
import type { Server } from './server.js';
import { createTempDir, removeDir } from './temp-dir.js';

/** How a Redis for tests differs from the plain one: in memory only, no password. */
export interface RedisOptions {
  /** Keeps every write on disk, so that `kill` and `restart` lose nothing. */
  readonly persistent?: boolean;
  /** More arguments for redis-server, such as `['--requirepass', 'secret']`. */
  readonly args?: readonly string[];
}

/** Starts a redis-server on a free port. `restart({ empty: true })` brings it back without data. */
export async function startRedis(options: RedisOptions = {}): Promise<Server> {
  const command = await findProgram(REDIS);
  const dir = await createTempDir('redis');
  const data = join(dir, 'data');
  await mkdir(data);
  const port = await freePort();
  const durability = options.persistent ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--appendonly', 'no'];
  const redis = await ServerProcess.start({
    name: 'Redis',
    command,
    args: [
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', data, '--save', ''],
      ...durability,
      ...(options.args ?? []),
    ],
    logFile: join(dir, 'redis.log'),
    readyText: 'Ready to accept connections',
    readyTimeoutMs: 10_000,
    stopSignal: 'SIGTERM',
    ownedDirs: [dir],
  });
  return {
    url: `redis://127.0.0.1:${port}`,
    host: '127.0.0.1',
    port,
    get pid() {
      return redis.pid;
    },
    stop: async () => {
      await redis.dispose();
      await removeDir(dir);
    },
    kill: () => redis.kill(),
    pause: () => redis.pause(),
    resume: () => redis.resume(),
    restart: async ({ empty = false } = {}) => {
      await redis.stop();
      if (empty) await removeDir(data);
      await mkdir(data, { recursive: true });
      await redis.start();
    },
  };
}
