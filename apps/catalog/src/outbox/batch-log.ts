import { toLoggedBatch, type LoggedBatch, type LogRow } from './logged-batch.js';
import type { RelaySession } from './relay-session.js';

const PUBLISHED = 'UPDATE public.invalidation_log SET published_at = clock_timestamp() WHERE n';
const LAST = 'SELECT coalesce(max(n), 0) AS n FROM public.invalidation_log';

/**
 * Takes all that is visible, never "what is after the last one": a row's number is taken before its transaction commits, so a
 * lower one may follow. The batch's number is a time where it can be: so a database that has lost its last batches gives
 * none of their numbers again. While rows may be left, nothing can be said about an instant.
 */
const NUMBER = `
  WITH marked AS (${PUBLISHED} = ANY ($3::bigint[])), moved AS (
    DELETE FROM public.outbox WHERE seq = ANY (ARRAY(SELECT seq FROM public.outbox ORDER BY seq LIMIT $1)) RETURNING *
  ), last AS (${LAST})
  INSERT INTO public.invalidation_log (n, after, as_of_ms, changes)
  SELECT greatest(last.n + 1, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint), last.n,
    CASE WHEN count(*) < $1 THEN $2::double precision END,
    json_agg(json_build_object('id', id, 'type', type, 'subject', aggregate_id, 'time', occurred_at, 'data', payload,
      'transaction', transaction_id::text, 'traceparent', traceparent) ORDER BY seq)
  FROM moved CROSS JOIN last GROUP BY last.n
  RETURNING n, after, as_of_ms, changes`;

/** What is due comes first, so that what is not takes no room from it. */
const UNPUBLISHED = `
  SELECT n, after, as_of_ms, attempts, CASE WHEN next_attempt_at > clock_timestamp() THEN NULL ELSE changes END AS changes
  FROM public.invalidation_log WHERE published_at IS NULL AND n <> ALL ($1::bigint[])
  ORDER BY next_attempt_at NULLS FIRST, n LIMIT $2`;

/** Tried again after 0.25 s, then twice as long each time, at most 5 s. */
const POSTPONED = `
  UPDATE public.invalidation_log SET attempts = attempts + 1, last_error = failed.outcome,
    next_attempt_at = clock_timestamp() + least(0.25 * 2 ^ least(attempts, 10), 5) * interval '1 second'
  FROM unnest($1::bigint[], $2::text[]) AS failed (row_n, outcome) WHERE n = failed.row_n`;

/** From the oldest on, so that no gap opens. The last one stays: its number is the memory of the numbering. */
const TRIM = `
  DELETE FROM public.invalidation_log WHERE n < coalesce(
    (SELECT min(n) FROM public.invalidation_log
     WHERE published_at IS NULL OR created_at > clock_timestamp() - interval '10 minutes'),
    (SELECT max(n) FROM public.invalidation_log))`;

/** An unpublished batch; its `changes` are `null` where a retry is not due. */
export type Unpublished = { readonly changes: null } | (LoggedBatch & { readonly attempts: number });

/** A batch whose message the broker did not take, and why. */
export interface FailedBatch {
  readonly n: number;
  readonly outcome: string;
}

/** The one relay's hand on `invalidation_log`. Every method @throws if the relay's session is lost. */
export class BatchLog {
  constructor(private readonly session: RelaySession) {}

  /** The number of the last batch; 0 before the first. */
  async last(): Promise<number> {
    const [row] = await this.session.query<{ n: string }>({ name: 'last', text: LAST });
    return Number(row?.n ?? 0);
  }

  /**
   * Moves what waits in the outbox, at most `limit` rows, into the next batch and commits it; `null` if nothing waits. Notes in
   * the same round trip which batches have been `published`. `asOfMs`: an instant of the cache's clock before now, `null` if
   * nobody knows one.
   */
  async number(limit: number, asOfMs: number | null, published: readonly number[] = []): Promise<LoggedBatch | null> {
    const values = [limit, asOfMs, published];
    const [row] = await this.session.query<LogRow>({ name: 'number', text: NUMBER, values });
    return row === undefined ? null : toLoggedBatch(row);
  }

  /** Batches, at most `limit`, that are not published nor among `others`: the oldest that nobody tried, then those whose retry is due, then others. */
  async unpublished(others: readonly number[], limit: number): Promise<Unpublished[]> {
    const rows = await this.session.query<(LogRow & { readonly attempts: number }) | { readonly changes: null }>({
      name: 'unpublished',
      text: UNPUBLISHED,
      values: [others, limit],
    });
    return rows.map((row) =>
      row.changes === null ? { changes: null } : { ...toLoggedBatch(row), attempts: row.attempts },
    );
  }

  async markPublished(numbers: readonly number[]): Promise<void> {
    await this.session.query({ name: 'published', text: `${PUBLISHED} = ANY ($1::bigint[])`, values: [numbers] });
  }

  async postpone(failed: readonly FailedBatch[]): Promise<void> {
    const values = [failed.map(({ n }) => n), failed.map(({ outcome }) => outcome)];
    await this.session.query({ name: 'postponed', text: POSTPONED, values });
  }

  /** Forgets batches that were published and are older than ten minutes. */
  async trim(): Promise<void> {
    await this.session.query({ name: 'trim', text: TRIM });
  }
}
