import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The answers to requests that carried a key, by who gave the key. `answer` is `null` only within the transaction of the
 * change; it is written once and read whole.
 */
const KEYS = `
  CREATE TABLE public.idempotency_keys (
    account_id uuid NOT NULL,
    key text COLLATE "C" NOT NULL CONSTRAINT idempotency_keys_key_check CHECK (char_length(key) BETWEEN 1 AND 128),
    fingerprint text NOT NULL,
    answer json,
    created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (account_id, key)
  ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000)`;

const BY_AGE = 'CREATE INDEX idempotency_keys_created_idx ON public.idempotency_keys (created_at)';

/** A change that is asked for again under its key is answered as it was the first time. */
export class IdempotencyKeys1700000000006 implements MigrationInterface {
  readonly name = 'IdempotencyKeys1700000000006';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [KEYS, BY_AGE]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE public.idempotency_keys');
  }
}
