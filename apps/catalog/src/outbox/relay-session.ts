import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** Locks are told apart by name; see `migrateUnderLock`. */
const RELAY_LOCK = 'larder catalog relay';
const CONNECT_TIMEOUT_MS = 3_000;
const QUERY_TIMEOUT_MS = 5_000;
const CLOSE_TIMEOUT_MS = 1_000;

/**
 * A relay that is frozen, or cut off, is heard of no more: the server ends its session, and its lock with it. Its commits do not wait
 * for the disk: a server that crashes may lose the last of them, but changes stay in the outbox then and get a later number, by
 * which a cache that knows of the lost one finds out.
 */
const SESSION_SETTINGS = `SET idle_session_timeout = '1500ms'; SET synchronous_commit = off`;

const TAKE_LOCK = {
  name: 'lead',
  text: 'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS leads',
  values: [RELAY_LOCK],
};

/** A statement that the server prepares once a session. */
export interface Statement {
  readonly name: string;
  readonly text: string;
  readonly values?: unknown[];
}

/**
 * The relay's own connection. It holds the lock that makes its owner the one relay, and every statement of the relay
 * runs on it in autocommit, so that none runs once another relay has the lock.
 */
export class RelaySession {
  private failure: Error | null = null;
  private leads = false;

  private constructor(private readonly client: pg.Client) {
    client.on('error', (error) => {
      this.failure = error;
    });
  }

  /** @throws if the server cannot be reached */
  static async open(databaseUrl: string): Promise<RelaySession> {
    const client = new pg.Client({
      connectionString: databaseUrl,
      application_name: 'larder-catalog-relay',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: QUERY_TIMEOUT_MS,
      keepAlive: true,
    });
    const session = new RelaySession(client);
    try {
      await client.connect();
      await client.query(SESSION_SETTINGS);
      return session;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  /** Whether this session is the one relay; tries to become it if nobody is. @throws if the connection is lost */
  async lead(): Promise<boolean> {
    if (this.leads) return true;
    const [row] = await this.query<{ leads: boolean }>(TAKE_LOCK);
    this.leads = row?.leads ?? false;
    return this.leads;
  }

  /** Keeps the session from being idle. @throws if the connection is lost */
  async check(): Promise<void> {
    await this.query({ name: 'check', text: 'SELECT' });
  }

  /** @throws if the connection is lost, or the statement fails */
  async query<Row extends pg.QueryResultRow>(statement: Statement): Promise<Row[]> {
    if (this.failure) throw this.failure;
    return (await this.client.query<Row>(statement)).rows;
  }

  /** Gives the lock up, within a second even if the server does not answer. */
  async close(): Promise<void> {
    this.leads = false;
    const ended = this.client.end().catch(() => undefined);
    await Promise.race([ended, sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
  }
}
