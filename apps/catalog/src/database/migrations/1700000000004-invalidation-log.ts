import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Batches of changes by number; `after` is the number of the batch before. That each follows another one keeps two
 * relays from ever giving the numbering two continuations. `changes` is written once and read whole.
 */
const LOG = `
  CREATE TABLE public.invalidation_log (
    n bigint CONSTRAINT invalidation_log_pkey PRIMARY KEY,
    after bigint NOT NULL CONSTRAINT invalidation_log_after_key UNIQUE,
    changes json NOT NULL,
    as_of_ms double precision,
    created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
    published_at timestamptz(3),
    attempts integer NOT NULL DEFAULT 0,
    last_error text,
    next_attempt_at timestamptz(3),
    CONSTRAINT invalidation_log_n_check CHECK (n > after AND after >= 0)
  ) WITH (
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
    toast.autovacuum_vacuum_scale_factor = 0, toast.autovacuum_vacuum_threshold = 2000
  )`;

const UNPUBLISHED =
  'CREATE INDEX invalidation_log_unpublished_idx ON public.invalidation_log (n) WHERE published_at IS NULL';

const NO_ATTEMPTS = `
  ALTER TABLE public.outbox DROP COLUMN attempts, DROP COLUMN last_error, DROP COLUMN next_attempt_at`;

const ATTEMPTS = `
  ALTER TABLE public.outbox ADD COLUMN attempts integer NOT NULL DEFAULT 0, ADD COLUMN last_error text,
    ADD COLUMN next_attempt_at timestamptz(3)`;

/** What leaves the outbox goes into numbered batches, which are kept for a while for those who missed one. */
export class InvalidationLog1700000000004 implements MigrationInterface {
  readonly name = 'InvalidationLog1700000000004';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [LOG, UNPUBLISHED, NO_ATTEMPTS]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE public.invalidation_log');
    await runner.query(ATTEMPTS);
  }
}
