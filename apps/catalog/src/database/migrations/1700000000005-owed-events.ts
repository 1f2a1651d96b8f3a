import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Events of batches that are published as such, but that some queue has not taken; `event` is as in `changes` of the log. */
const OWED = `
  CREATE TABLE public.owed_events (
    id uuid CONSTRAINT owed_events_pkey PRIMARY KEY,
    event json NOT NULL,
    created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
    attempts integer NOT NULL DEFAULT 1,
    next_attempt_at timestamptz(3) NOT NULL
  ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000)`;

const DUE = 'CREATE INDEX owed_events_due_idx ON public.owed_events (next_attempt_at)';

/** Batches that are due come before those that wait for their next attempt. */
const UNPUBLISHED = `
  CREATE INDEX invalidation_log_unpublished_idx ON public.invalidation_log (next_attempt_at NULLS FIRST, n)
  WHERE published_at IS NULL`;

const UNPUBLISHED_BY_NUMBER =
  'CREATE INDEX invalidation_log_unpublished_idx ON public.invalidation_log (n) WHERE published_at IS NULL';

const NO_INDEX = 'DROP INDEX public.invalidation_log_unpublished_idx';

/** Events that are owed are kept apart from batches, so that no batch waits for them. */
export class OwedEvents1700000000005 implements MigrationInterface {
  readonly name = 'OwedEvents1700000000005';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [OWED, DUE, NO_INDEX, UNPUBLISHED]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of [NO_INDEX, UNPUBLISHED_BY_NUMBER]) await runner.query(statement);
    await runner.query('DROP TABLE public.owed_events');
  }
}
