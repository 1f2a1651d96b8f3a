import type { RedisSettings } from '@larder/cache';
import { RedisConnection } from '@larder/cache/nest';
import { RedisSessionRecords, type SessionRecords } from '@larder/cache/session';
import type { Cluster, Redis } from 'ioredis';

/** Where sessions live: a Redis to connect to, or records of the caller's own. */
export type SessionBackend = { readonly redis: RedisSettings } | { readonly records: SessionRecords };

/** How long one command may take. A call ends at its first command that fails, so that it is refused well within 300 ms. */
const COMMAND_TIMEOUT_MS = 150;

/** The records behind all sessions, and the connection that they need, if any. */
export class SessionConnection {
  readonly records: SessionRecords;
  private readonly connection: RedisConnection | null;

  constructor(backend: SessionBackend) {
    if ('records' in backend) {
      this.connection = null;
      this.records = backend.records;
    } else {
      const settings = { ...backend.redis, commandTimeoutMs: COMMAND_TIMEOUT_MS, gathersCommands: true };
      this.connection = new RedisConnection('Sessions', settings);
      this.records = new RedisSessionRecords(this.connection.redis);
    }
  }

  /** `null` when the records are in this process. */
  get redis(): Redis | Cluster | null {
    return this.connection?.redis ?? null;
  }

  /** Without Redis the service starts all the same, and says UNAVAILABLE until Redis is there. */
  async open(): Promise<void> {
    await this.connection?.open();
  }

  /** @throws when Redis does not answer */
  async check(): Promise<'up'> {
    await this.redis?.ping();
    return 'up';
  }

  async close(): Promise<void> {
    await this.connection?.close();
  }
}
