import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Names are ordered by code point (`COLLATE "C"`), so that an order and its index are the same on every machine.
 * Times have milliseconds, as JavaScript has, so that a keyset cursor made from a row finds that row's place again.
 */
const CATEGORIES = `
  CREATE TABLE public.categories (
    id uuid CONSTRAINT categories_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
    parent_id uuid CONSTRAINT categories_parent_fkey REFERENCES public.categories (id),
    name text COLLATE "C" NOT NULL CONSTRAINT categories_name_check CHECK (char_length(name) BETWEEN 1 AND 120),
    path uuid[] NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT categories_name_key UNIQUE NULLS NOT DISTINCT (parent_id, name)
  )`;

const PRODUCTS = `
  CREATE TABLE public.products (
    id uuid CONSTRAINT products_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
    sku text COLLATE "C" NOT NULL CONSTRAINT products_sku_key UNIQUE
      CONSTRAINT products_sku_check CHECK (sku ~ '^[A-Za-z0-9._-]{1,64}$'),
    name text COLLATE "C" NOT NULL CONSTRAINT products_name_check CHECK (char_length(name) BETWEEN 1 AND 300),
    brand text CONSTRAINT products_brand_check CHECK (char_length(brand) BETWEEN 1 AND 120),
    description text NOT NULL DEFAULT '' CONSTRAINT products_description_check CHECK (char_length(description) <= 5000),
    category_id uuid NOT NULL CONSTRAINT products_category_fkey REFERENCES public.categories (id),
    price_minor integer NOT NULL CONSTRAINT products_price_check CHECK (price_minor BETWEEN 0 AND 1000000000),
    currency text NOT NULL CONSTRAINT products_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
    rating double precision CONSTRAINT products_rating_check CHECK (rating BETWEEN 0 AND 5),
    version bigint NOT NULL,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    search tsvector NOT NULL GENERATED ALWAYS AS (
      setweight(to_tsvector('pg_catalog.english', name), 'A') ||
      setweight(to_tsvector('pg_catalog.english', coalesce(brand, '')), 'B') ||
      setweight(to_tsvector('pg_catalog.english', description), 'D')
    ) STORED
  )`;

const STOCK = `
  CREATE TABLE public.stock (
    product_id uuid CONSTRAINT stock_pkey PRIMARY KEY
      CONSTRAINT stock_product_fkey REFERENCES public.products (id) ON DELETE CASCADE,
    quantity integer NOT NULL CONSTRAINT stock_quantity_check CHECK (quantity BETWEEN 0 AND 1000000000),
    version bigint NOT NULL,
    updated_at timestamptz(3) NOT NULL DEFAULT now()
  )`;

/** Rows come and go by the thousand, so the table is vacuumed by their number and not by its size. */
const OUTBOX = `
  CREATE TABLE public.outbox (
    seq bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT outbox_pkey PRIMARY KEY,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    type text NOT NULL,
    aggregate_id uuid NOT NULL,
    version bigint NOT NULL,
    payload jsonb NOT NULL,
    traceparent text,
    occurred_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    attempts integer NOT NULL DEFAULT 0,
    last_error text,
    next_attempt_at timestamptz(3)
  ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000)`;

const INDEXES = [
  'CREATE INDEX categories_path_idx ON public.categories USING gin (path)',
  'CREATE INDEX products_category_idx ON public.products (category_id)',
  'CREATE INDEX products_name_idx ON public.products (name, id)',
  'CREATE INDEX products_price_idx ON public.products (price_minor, id)',
  'CREATE INDEX products_created_idx ON public.products (created_at, id)',
  'CREATE INDEX products_search_idx ON public.products USING gin (search)',
  'CREATE INDEX outbox_transaction_idx ON public.outbox (transaction_id)',
];

/** The catalogue's tables, in schema `public`. Needs PostgreSQL 15 or newer. */
export class Tables1700000000001 implements MigrationInterface {
  readonly name = 'Tables1700000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE SEQUENCE public.version_seq');
    for (const statement of [CATEGORIES, PRODUCTS, STOCK, OUTBOX, ...INDEXES]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE public.outbox, public.stock, public.products, public.categories');
    await runner.query('DROP SEQUENCE public.version_seq');
  }
}
