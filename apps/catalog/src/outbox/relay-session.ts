import { setTimeout as sleep } from 'node:timers/promises';
import type { Publisher, PublishOutcome } from '@larder/messaging';
import pg from 'pg';
import { toEvent, type OutboxRow } from './outbox-row.js';

/** Locks are told apart by name; see `migrateUnderLock`. */
const RELAY_LOCK = 'larder catalog relay';
const CONNECT_TIMEOUT_MS = 3_000;
const QUERY_TIMEOUT_MS = 5_000;
const CLOSE_TIMEOUT_MS = 1_000;

/** A relay that is frozen, or cut off, is heard of no more: the server ends its session, and its lock with it. */
const SESSION_LIMITS = `SET idle_session_timeout = '1500ms'; SET idle_in_transaction_session_timeout = '10s'`;

/** All that is due, never "after the last one": a number is taken before its transaction commits, so a lower one may follow. */
const DUE = `
  SELECT seq, id, type, aggregate_id, payload, traceparent, occurred_at FROM public.outbox
  WHERE next_attempt_at IS NULL OR next_attempt_at <= clock_timestamp()
  ORDER BY seq LIMIT $1`;
const REMOVE = 'DELETE FROM public.outbox WHERE seq = ANY ($1::bigint[])';
/** Tried again after 0.25 s, then twice as long each time, at most 5 s. */
const POSTPONE = `
  UPDATE public.outbox SET attempts = attempts + 1, last_error = failed.outcome,
    next_attempt_at = clock_timestamp() + least(0.25 * 2 ^ least(attempts, 10), 5) * interval '1 second'
  FROM unnest($1::bigint[], $2::text[]) AS failed (row_seq, outcome) WHERE seq = failed.row_seq`;

/** What became of one batch: an outcome for each event, in order. */
export type BatchOutcomes = readonly PublishOutcome[];

/**
 * The relay's own connection. It holds the lock that makes its owner the one relay, and every transaction of the
 * relay runs on it, so both end together.
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
      await client.query(SESSION_LIMITS);
      return session;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  /** Whether this session is the one relay; tries to become it if nobody is. @throws if the connection is lost */
  async lead(): Promise<boolean> {
    if (this.failure) throw this.failure;
    if (this.leads) return true;
    const { rows } = await this.client.query<{ leads: boolean }>(
      'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS leads',
      [RELAY_LOCK],
    );
    this.leads = rows[0]?.leads ?? false;
    return this.leads;
  }

  /**
   * Publishes the rows that are due, at most `limit`, and removes what was confirmed before it commits.
   * A crash in between leaves the rows where they are: they are published once more, which is harmless.
   *
   * @throws {BrokerUnavailable} if nothing could be published; @throws if the connection is lost
   */
  async relay(publisher: Publisher, limit: number): Promise<BatchOutcomes> {
    await this.client.query('BEGIN');
    try {
      const outcomes = await this.publishDue(publisher, limit);
      await this.client.query('COMMIT');
      return outcomes;
    } catch (error) {
      await this.client.query('ROLLBACK').catch((failure: unknown) => {
        this.failure = failure instanceof Error ? failure : new Error('the rollback failed');
      });
      throw error;
    }
  }

  /** Gives the lock up, within a second even if the server does not answer. */
  async close(): Promise<void> {
    this.leads = false;
    const ended = this.client.end().catch(() => undefined);
    await Promise.race([ended, sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
  }

  private async publishDue(publisher: Publisher, limit: number): Promise<BatchOutcomes> {
    const { rows } = await this.client.query<OutboxRow>(DUE, [limit]);
    if (rows.length === 0) return [];
    const outcomes = await publisher.publish(rows.map(toEvent));
    const confirmed = rows.filter((_, index) => outcomes[index] === 'confirmed');
    const failed = rows.flatMap(({ seq }, index) => {
      const outcome = outcomes[index] ?? 'timed-out';
      return outcome === 'confirmed' ? [] : [{ seq, outcome }];
    });
    if (confirmed.length > 0) await this.client.query(REMOVE, [confirmed.map(({ seq }) => seq)]);
    if (failed.length > 0) {
      await this.client.query(POSTPONE, [failed.map(({ seq }) => seq), failed.map(({ outcome }) => outcome)]);
    }
    return outcomes;
  }
}
