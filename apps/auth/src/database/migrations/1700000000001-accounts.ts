import type { MigrationInterface, QueryRunner } from 'typeorm';

const USERS = `
  CREATE TABLE auth.users (
    id uuid CONSTRAINT users_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
    email text COLLATE "C" NOT NULL CONSTRAINT users_email_key UNIQUE
      CONSTRAINT users_email_check CHECK (email = lower(email) AND char_length(email) BETWEEN 3 AND 254),
    password_hash text NOT NULL,
    roles text[] NOT NULL DEFAULT '{customer}'
      CONSTRAINT users_roles_check CHECK (roles <@ '{customer,editor,operator}'),
    session_generation integer NOT NULL DEFAULT 1,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now()
  )`;

const PREFERENCES = `
  CREATE TABLE auth.preferences (
    user_id uuid CONSTRAINT preferences_pkey PRIMARY KEY
      CONSTRAINT preferences_user_fkey REFERENCES auth.users (id) ON DELETE CASCADE,
    locale text NOT NULL DEFAULT 'en',
    currency text NOT NULL DEFAULT 'INR',
    theme text NOT NULL DEFAULT 'system',
    version integer NOT NULL DEFAULT 1
  )`;

/** Accounts and preferences. Every account has a row of preferences from its first moment. */
export class Accounts1700000000001 implements MigrationInterface {
  readonly name = 'Accounts1700000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(USERS);
    await runner.query(PREFERENCES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE auth.preferences, auth.users');
  }
}
