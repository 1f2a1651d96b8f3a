import type { LoggedChange } from './logged-batch.js';
import type { RelaySession } from './relay-session.js';

/** Tried again after 0.25 s, then twice as long each time, at most a minute. */
const WAIT = (attempts: string): string => `least(0.25 * 2 ^ least(${attempts}, 10), 60) * interval '1 second'`;

const KEEP = `
  INSERT INTO public.owed_events (id, event, next_attempt_at)
  SELECT (event->>'id')::uuid, event, clock_timestamp() + ${WAIT('0')}
  FROM json_array_elements($1::json) AS event ON CONFLICT DO NOTHING`;

const DUE = `
  SELECT event FROM public.owed_events WHERE next_attempt_at <= clock_timestamp() ORDER BY next_attempt_at LIMIT $1`;

const NOTE = `
  WITH done AS (DELETE FROM public.owed_events WHERE id = ANY ($1::uuid[]))
  UPDATE public.owed_events SET attempts = attempts + 1, next_attempt_at = clock_timestamp() + ${WAIT('attempts')}
  WHERE id = ANY ($2::uuid[])`;

const GIVE_UP = `
  WITH over AS (
    DELETE FROM public.owed_events WHERE created_at <= clock_timestamp() - interval '10 minutes' RETURNING 1
  ) SELECT count(*)::integer AS count FROM over`;

/** What came of repeating events, by their ids. */
export interface Repeated {
  readonly done: readonly string[];
  readonly failed: readonly string[];
}

/** The one relay's hand on `owed_events`. Every method @throws if the relay's session is lost. */
export class OwedEvents {
  constructor(private readonly session: RelaySession) {}

  /** Keeps events for {@link due}. What is kept already stays as it is. */
  async keep(events: readonly LoggedChange[]): Promise<void> {
    if (events.length === 0) return;
    await this.session.query({ name: 'owed-keep', text: KEEP, values: [JSON.stringify(events)] });
  }

  /** At most `limit` events whose next attempt is due, those that have waited longest first. */
  async due(limit: number): Promise<LoggedChange[]> {
    const rows = await this.session.query<{ event: LoggedChange }>({ name: 'owed-due', text: DUE, values: [limit] });
    return rows.map(({ event }) => event);
  }

  /** Forgets what is done; what failed is due again later. */
  async note({ done, failed }: Repeated): Promise<void> {
    await this.session.query({ name: 'owed-note', text: NOTE, values: [done, failed] });
  }

  /** Forgets events that have been owed for ten minutes; answers how many. */
  async giveUp(): Promise<number> {
    const [row] = await this.session.query<{ count: number }>({ name: 'owed-give-up', text: GIVE_UP });
    return row?.count ?? 0;
  }
}
