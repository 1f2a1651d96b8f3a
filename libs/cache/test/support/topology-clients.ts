import type { Cluster, Redis } from 'ioredis';
import type { Server } from '../../../../tools/services/index.js';
import { connectRedis, type RedisSettings } from '../../src/index.js';

/** Where a server is, as settings say it. */
export const addressOf = ({ host, port }: Server): { host: string; port: number } => ({ host, port });

/** A client that is connected; what goes wrong later is not told. */
export async function connect(settings: RedisSettings): Promise<Redis | Cluster> {
  const redis = connectRedis(settings, () => undefined);
  await redis.connect();
  return redis;
}

/** The clients of one test, which end with it. */
export class TopologyClients {
  private readonly clients: (Redis | Cluster)[] = [];

  /** Ends with the others. */
  add<Client extends Redis | Cluster>(client: Client): Client {
    this.clients.push(client);
    return client;
  }

  /** Connects one more. */
  async connect(settings: RedisSettings): Promise<Redis | Cluster> {
    return this.add(await connect(settings));
  }

  /** Ends all. */
  close(): void {
    for (const client of this.clients.splice(0)) client.disconnect();
  }
}
