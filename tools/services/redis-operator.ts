import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Certificate } from './certificate.js';
import type { Server } from './server.js';

const ANSWER_MS = 300;

/** Those of the servers that answer now: neither killed nor paused. */
export async function answering<Each extends Pick<Server, 'host' | 'port' | 'pid'>>(
  servers: readonly Each[],
  certificate: Certificate | undefined,
): Promise<Each[]> {
  const answers = await Promise.all(
    servers.map(async (server) => {
      if (server.pid === -1) return false;
      const pong = operate(server, certificate, (redis) => redis.ping()).catch(() => null);
      return (await Promise.race([pong, sleep(ANSWER_MS, null)])) === 'PONG';
    }),
  );
  return servers.filter((_, index) => answers[index]);
}

/** A connection for what an operator does to one server, as its default user. */
export async function operate<Result>(
  { host, port }: Pick<Server, 'host' | 'port'>,
  certificate: Certificate | undefined,
  work: (redis: Redis) => Promise<Result>,
): Promise<Result> {
  const redis = new Redis({
    host,
    port,
    ...(certificate && { tls: { ca: certificate.ca } }),
    lazyConnect: true,
    commandTimeout: 2_000,
    maxRetriesPerRequest: 0,
    retryStrategy: null,
  });
  redis.on('error', () => undefined); // told by the command that fails
  try {
    await redis.connect();
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

/** Whether it is a replica that has caught up with its master. */
export async function isReplicaInStep(redis: Redis): Promise<boolean> {
  return (await redis.info('replication')).includes('master_link_status:up');
}
