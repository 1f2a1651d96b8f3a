import type { MigrationInterface, QueryRunner } from 'typeorm';

/** One outbox row. The trace comes from the transaction's setting `larder.traceparent`, when the writer made one. */
const RAISE_EVENT = `
  CREATE FUNCTION public.raise_event(event_type text, aggregate uuid, row_version bigint, data jsonb) RETURNS void
  LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO public.outbox (type, aggregate_id, version, payload, traceparent)
    VALUES (event_type, aggregate, row_version, data, nullif(current_setting('larder.traceparent', true), ''));
  END $$`;

/**
 * The category is locked against moving until this change commits: else the event could name a path that the
 * category has left by then, and the lists of its new ancestors would keep what they must lose.
 */
const PATH_OF = `
  CREATE FUNCTION public.category_path(category uuid) RETURNS uuid[]
  LANGUAGE plpgsql AS $$
  DECLARE
    found_path uuid[];
  BEGIN
    SELECT path INTO found_path FROM public.categories WHERE id = category FOR SHARE;
    RETURN coalesce(found_path, '{}');
  END $$`;

/** The payloads are those of `catalogEventData` in libs/contracts; the integration tests parse them with it. */
const PRODUCTS = `
  CREATE FUNCTION public.products_event() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    subject uuid;
    row_version bigint;
    path uuid[] := '{}';
    previous uuid[] := '{}';
    changed text[] := '{}';
  BEGIN
    IF TG_OP = 'DELETE' THEN
      subject := OLD.id;
      row_version := nextval('public.version_seq');
    ELSE
      subject := NEW.id;
      row_version := NEW.version;
      path := public.category_path(NEW.category_id);
    END IF;
    IF TG_OP = 'UPDATE' THEN
      changed := public.changed_columns(to_jsonb(OLD), to_jsonb(NEW));
    END IF;
    IF TG_OP <> 'INSERT' THEN
      previous := public.category_path(OLD.category_id);
    END IF;
    PERFORM public.raise_event(
      'catalog.product.' || CASE TG_OP WHEN 'INSERT' THEN 'created' WHEN 'UPDATE' THEN 'updated' ELSE 'deleted' END,
      subject, row_version,
      jsonb_build_object('id', subject, 'version', row_version, 'categoryPath', path,
        'previousCategoryPath', previous, 'changed', changed));
    RETURN NULL;
  END $$`;

/** A move carries the categories below along: touching them makes their own triggers build their paths anew. */
const CATEGORIES = `
  CREATE FUNCTION public.categories_event() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    subject uuid;
    row_version bigint;
    path uuid[] := '{}';
    previous uuid[] := '{}';
    changed text[] := '{}';
  BEGIN
    IF TG_OP = 'DELETE' THEN
      subject := OLD.id;
      row_version := nextval('public.version_seq');
    ELSE
      subject := NEW.id;
      row_version := NEW.version;
      path := NEW.path;
    END IF;
    IF TG_OP = 'UPDATE' THEN
      changed := public.changed_columns(to_jsonb(OLD), to_jsonb(NEW));
    END IF;
    IF TG_OP <> 'INSERT' THEN
      previous := OLD.path;
    END IF;
    PERFORM public.raise_event(
      'catalog.category.' || CASE TG_OP WHEN 'INSERT' THEN 'created' WHEN 'UPDATE' THEN 'updated' ELSE 'deleted' END,
      subject, row_version,
      jsonb_build_object('id', subject, 'version', row_version, 'path', path,
        'previousPath', previous, 'changed', changed));
    IF TG_OP = 'UPDATE' AND NEW.path <> OLD.path THEN
      UPDATE public.categories AS below SET path = below.path WHERE parent_id = NEW.id;
    END IF;
    RETURN NULL;
  END $$`;

const STOCK = `
  CREATE FUNCTION public.stock_event() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    subject uuid;
    row_version bigint;
  BEGIN
    IF TG_OP = 'DELETE' THEN
      subject := OLD.product_id;
      row_version := nextval('public.version_seq');
    ELSE
      subject := NEW.product_id;
      row_version := NEW.version;
    END IF;
    PERFORM public.raise_event('catalog.stock.changed', subject, row_version,
      jsonb_build_object('productId', subject, 'version', row_version));
    RETURN NULL;
  END $$`;

const REFUSE_TRUNCATE = `
  CREATE FUNCTION public.refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION 'TRUNCATE % raises no events, so caches would keep what it removes; use DELETE', TG_TABLE_NAME
      USING ERRCODE = 'feature_not_supported';
  END $$`;

const TABLES = ['products', 'categories', 'stock'];

/** An update that changes nothing keeps its version, and raises no event. */
function eventTriggers(table: string): string[] {
  const run = `FOR EACH ROW EXECUTE FUNCTION public.${table}_event()`;
  const changed = `FOR EACH ROW WHEN (NEW.version <> OLD.version) EXECUTE FUNCTION public.${table}_event()`;
  return [
    `CREATE TRIGGER event_insert AFTER INSERT ON public.${table} ${run}`,
    `CREATE TRIGGER event_update AFTER UPDATE ON public.${table} ${changed}`,
    `CREATE TRIGGER event_delete AFTER DELETE ON public.${table} ${run}`,
  ];
}

function truncateTrigger(table: string): string {
  return `CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.${table}
    FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_truncate()`;
}

/** Every change of a row leaves an event in the outbox, in the transaction of the change, also in raw SQL. */
export class Events1700000000003 implements MigrationInterface {
  readonly name = 'Events1700000000003';

  async up(runner: QueryRunner): Promise<void> {
    const functions = [RAISE_EVENT, PATH_OF, PRODUCTS, CATEGORIES, STOCK, REFUSE_TRUNCATE];
    const triggers = [...TABLES.flatMap(eventTriggers), ...[...TABLES, 'outbox'].map(truncateTrigger)];
    for (const statement of [...functions, ...triggers]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.query(`DROP FUNCTION public.${table}_event() CASCADE`);
    await runner.query('DROP FUNCTION public.refuse_truncate() CASCADE');
    await runner.query('DROP FUNCTION public.category_path(uuid)');
    await runner.query('DROP FUNCTION public.raise_event(text, uuid, bigint, jsonb)');
  }
}
