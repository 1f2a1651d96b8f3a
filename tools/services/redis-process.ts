import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram, REDIS } from './binaries.js';
import type { Certificate } from './certificate.js';
import { freePort } from './ports.js';
import { ServerProcess } from './server-process.js';
import type { Server } from './server.js';
import { createTempDir, removeDir } from './temp-dir.js';

/** What redis-server is started as; its port, its folder and its certificate come by themselves. */
export interface RedisLaunch {
  /** What error messages call it. */
  readonly name: string;
  readonly args: readonly string[];
  /** What its output says once it answers. */
  readonly readyText: string;
  /** Speaks TLS only, also to others of its kind. */
  readonly certificate?: Certificate | undefined;
  /** The text of a configuration file, which a Sentinel must have and rewrites. */
  readonly config?: string;
}

/** Starts redis-server on a free port of 127.0.0.1. */
export async function startRedisProcess(launch: RedisLaunch): Promise<Server> {
  const command = await findProgram(REDIS);
  const [dir, port] = [await createTempDir('redis'), await freePort()];
  const [data, file] = [join(dir, 'data'), join(dir, 'redis.conf')];
  const prepare = async (): Promise<void> => {
    await mkdir(data, { recursive: true });
    await writeFile(file, launch.config ?? '');
  };
  await prepare();
  const redis = await ServerProcess.start({
    name: launch.name,
    command,
    args: [file, ...placeOf(port, launch.certificate), '--dir', data, ...launch.args],
    logFile: join(dir, 'redis.log'),
    readyText: launch.readyText,
    readyTimeoutMs: 10_000,
    stopSignal: 'SIGTERM',
    ownedDirs: [dir],
  });
  return {
    url: `${launch.certificate ? 'rediss' : 'redis'}://127.0.0.1:${port}`,
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
      if (empty) {
        await removeDir(data);
        await prepare();
      }
      await redis.start();
    },
  };
}

function placeOf(port: number, certificate: Certificate | undefined): string[] {
  if (!certificate) return ['--port', String(port), '--bind', '127.0.0.1'];
  const { certificateFile, keyFile } = certificate;
  return [
    ...['--port', '0', '--tls-port', String(port), '--bind', '127.0.0.1'],
    ...['--tls-cert-file', certificateFile, '--tls-key-file', keyFile, '--tls-ca-cert-file', certificateFile],
    ...['--tls-auth-clients', 'no', '--tls-replication', 'yes', '--tls-cluster', 'yes'],
  ];
}
