import { Logger } from '@nestjs/common';
import { connectRedis, type RedisSettings } from '@larder/cache';
import { RedisSessionRecords, type SessionRecords } from '@larder/cache/session';
import type { Redis } from 'ioredis';

/** Where sessions live: a Redis to connect to, or records of the caller's own. */
export type SessionBackend = { readonly redis: RedisSettings } | { readonly records: SessionRecords };

/** How long one command may take. A call ends at its first command that fails, so that it is refused well within 300 ms. */
const COMMAND_TIMEOUT_MS = 150;
const FIRST_CONNECT_MS = 1_000;
const QUIT_MS = 500;

/** The records behind all sessions, and the connection that they need, if any. */
export class SessionConnection {
  readonly records: SessionRecords;
  /** `null` when the records are in this process. */
  readonly redis: Redis | null;
  private readonly logger = new Logger('Sessions');
  private lastError = '';

  constructor(backend: SessionBackend) {
    if ('records' in backend) {
      this.redis = null;
      this.records = backend.records;
    } else {
      this.redis = connectRedis({ ...backend.redis, commandTimeoutMs: COMMAND_TIMEOUT_MS }, (error) => {
        this.report(error);
      });
      this.records = new RedisSessionRecords(this.redis);
    }
  }

  /** Waits a second at most: without Redis the service starts, and says UNAVAILABLE until Redis is there. */
  async open(): Promise<void> {
    if (this.redis === null) return;
    this.redis.on('ready', () => {
      this.lastError = '';
      this.logger.log('connected to Redis');
    });
    const connected = this.redis.connect().catch(() => undefined); // reported by the error listener, and retried
    await Promise.race([connected, new Promise((resolve) => setTimeout(resolve, FIRST_CONNECT_MS).unref())]);
  }

  /** @throws when Redis does not answer */
  async check(): Promise<'up'> {
    await this.redis?.ping();
    return 'up';
  }

  /** Lets commands in flight finish, but not for long. */
  async close(): Promise<void> {
    if (this.redis === null) return;
    const quit = this.redis.quit().catch(() => undefined);
    await Promise.race([quit, new Promise((resolve) => setTimeout(resolve, QUIT_MS).unref())]);
    this.redis.disconnect();
  }

  /** Logs an outage once, not at every attempt to reconnect. */
  private report(error: Error): void {
    const text = error.message || error.name;
    if (text === this.lastError) return;
    this.lastError = text;
    this.logger.warn(`Redis connection: ${text}`);
  }
}
