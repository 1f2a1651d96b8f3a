import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The columns in which two images of a row differ, by name; what follows from other columns does not count. */
const CHANGED_COLUMNS = `
  CREATE FUNCTION public.changed_columns(before jsonb, after jsonb) RETURNS text[]
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(key ORDER BY key), '{}')
    FROM jsonb_each(after)
    WHERE value IS DISTINCT FROM before -> key AND key NOT IN ('version', 'updated_at', 'search')
  $$`;

/**
 * A version is taken under the row's lock, so a row's versions rise in commit order. An insert first waits for a
 * delete of the same id that is still in flight: else it could end with a version below the delete's.
 */
function versionFunction(table: 'products' | 'categories', noun: string): string {
  return `
  CREATE FUNCTION public.${table}_version() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_OP = 'INSERT' THEN
      PERFORM 1 FROM public.${table} WHERE id = NEW.id FOR KEY SHARE;
    ELSIF NEW.id <> OLD.id THEN
      RAISE EXCEPTION '${noun} keeps its id' USING ERRCODE = 'restrict_violation';
    ELSE
      NEW.created_at := OLD.created_at;
    END IF;
    IF TG_OP = 'UPDATE' AND public.changed_columns(to_jsonb(OLD), to_jsonb(NEW)) = '{}' THEN
      NEW.version := OLD.version;
      NEW.updated_at := OLD.updated_at;
      RETURN NEW;
    END IF;
    NEW.version := nextval('public.version_seq');
    NEW.updated_at := now();
    RETURN NEW;
  END $$`;
}

/** As {@link versionFunction}: the quantity is all that can change. */
const STOCK = `
  CREATE FUNCTION public.stock_version() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_OP = 'INSERT' THEN
      PERFORM 1 FROM public.stock WHERE product_id = NEW.product_id FOR KEY SHARE;
    ELSIF NEW.product_id <> OLD.product_id THEN
      RAISE EXCEPTION 'stock stays with its product' USING ERRCODE = 'restrict_violation';
    ELSIF NEW.quantity = OLD.quantity THEN
      NEW.version := OLD.version;
      NEW.updated_at := OLD.updated_at;
      RETURN NEW;
    END IF;
    NEW.version := nextval('public.version_seq');
    NEW.updated_at := now();
    RETURN NEW;
  END $$`;

/**
 * A category's path follows from its parent's, whatever the statement says. The parent is locked against moving
 * until this change commits, so no path is built on one that is about to change.
 */
const CATEGORY_PATH = `
  CREATE FUNCTION public.categories_path() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    above uuid[] := '{}';
  BEGIN
    IF NEW.parent_id IS NOT NULL THEN
      IF NEW.parent_id = NEW.id THEN
        RAISE EXCEPTION 'a category cannot be below itself' USING ERRCODE = 'LD002';
      END IF;
      SELECT path INTO above FROM public.categories WHERE id = NEW.parent_id FOR SHARE;
      IF NOT FOUND THEN
        RAISE EXCEPTION 'the parent category does not exist'
          USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'categories_parent_fkey';
      END IF;
    END IF;
    IF NEW.id = ANY (above) THEN
      RAISE EXCEPTION 'a category cannot be below itself' USING ERRCODE = 'LD002';
    END IF;
    NEW.path := above || NEW.id;
    IF cardinality(NEW.path) > 3 THEN
      RAISE EXCEPTION 'a category tree has three levels' USING ERRCODE = 'LD001';
    END IF;
    RETURN NEW;
  END $$`;

/** Triggers of one table run in the order of their names: the path stands before the version compares the images. */
const TRIGGERS = [
  `CREATE TRIGGER a_path BEFORE INSERT OR UPDATE ON public.categories
     FOR EACH ROW EXECUTE FUNCTION public.categories_path()`,
  ...['products', 'categories', 'stock'].map(
    (table) =>
      `CREATE TRIGGER b_version BEFORE INSERT OR UPDATE ON public.${table}
         FOR EACH ROW EXECUTE FUNCTION public.${table}_version()`,
  ),
];

/** Every insert, update and delete of a row gives it a version of its own, from one sequence, also in raw SQL. */
export class Versions1700000000002 implements MigrationInterface {
  readonly name = 'Versions1700000000002';

  async up(runner: QueryRunner): Promise<void> {
    const versions = [versionFunction('products', 'a product'), versionFunction('categories', 'a category'), STOCK];
    for (const statement of [CHANGED_COLUMNS, CATEGORY_PATH, ...versions, ...TRIGGERS]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER a_path ON public.categories');
    for (const table of ['products', 'categories', 'stock']) {
      await runner.query(`DROP TRIGGER b_version ON public.${table}`);
      await runner.query(`DROP FUNCTION public.${table}_version()`);
    }
    await runner.query('DROP FUNCTION public.categories_path(), public.changed_columns(jsonb, jsonb)');
  }
}
