import type { Category } from '@larder/contracts';
import { DataSource } from 'typeorm';
import { borrowDatabase } from '../../../tools/services/index.js';
import { dataSourceOptions } from '../src/database/data-source-options.js';
import { migrate } from '../src/database/migrate.js';
import { addCategory, addProduct, openCatalogue, UNTRACED, type Catalogue } from './fixture.js';

const UNKNOWN = '00000000-0000-4000-8000-000000000000';

describe('changes', () => {
  let catalogue: Catalogue;
  let category: Category;
  beforeAll(async () => {
    catalogue = await openCatalogue();
    category = await addCategory(catalogue);
  });
  afterAll(() => catalogue.close());

  const outcomesOf = async (attempts: Promise<unknown>[]): Promise<unknown[]> =>
    (await Promise.allSettled(attempts)).map((each) =>
      each.status === 'fulfilled' ? 'done' : (each.reason as { code: string }).code,
    );

  it('of two to one version, let one win and refuse the other', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { id, version: expectedVersion } = await addProduct(catalogue, category.id);
      const patch = (priceMinor: number) =>
        catalogue.products.update({ id, expectedVersion, changes: { priceMinor } }, UNTRACED);
      expect((await outcomesOf([patch(1), patch(2)])).sort()).toEqual(['VERSION_CONFLICT', 'done']);
    }
  });

  it('say the event of the transaction, and nothing of an update that changes nothing', async () => {
    const product = await addProduct(catalogue, category.id, { priceMinor: 5 });
    const same = await catalogue.products.update(
      { id: product.id, expectedVersion: product.version, changes: { priceMinor: 5 } },
      UNTRACED,
    );
    expect(same).toEqual({ result: product, changes: [] });

    const { result, changes } = await catalogue.products.update(
      { id: product.id, expectedVersion: product.version, changes: { brand: 'Larder', rating: 4.25 } },
      UNTRACED,
    );
    expect(result).toMatchObject({ brand: 'Larder', rating: 4.25 });
    expect(changes).toMatchObject([
      {
        type: 'catalog.product.updated',
        data: { id: product.id, version: result.version, changed: ['brand', 'rating'] },
      },
    ]);
  });

  it('to products are refused by the codes of the contract', async () => {
    const { id, version, sku } = await addProduct(catalogue, category.id);
    const product = {
      sku: 'FRESH',
      name: 'x',
      brand: null,
      description: '',
      categoryId: category.id,
      priceMinor: 1,
      currency: 'EUR',
      rating: null,
    };
    const { products } = catalogue;

    expect(
      await outcomesOf([
        products.create({ ...product, sku }, UNTRACED),
        products.create({ ...product, categoryId: UNKNOWN }, UNTRACED),
        products.update({ id: UNKNOWN, expectedVersion: 1, changes: { name: 'y' } }, UNTRACED),
        products.update({ id, expectedVersion: version, changes: { categoryId: UNKNOWN } }, UNTRACED),
        products.remove(UNKNOWN, 1, UNTRACED),
        products.remove(id, version - 1, UNTRACED),
      ]),
    ).toEqual([
      'SKU_TAKEN',
      'CATEGORY_NOT_FOUND',
      'PRODUCT_NOT_FOUND',
      'CATEGORY_NOT_FOUND',
      'PRODUCT_NOT_FOUND',
      'VERSION_CONFLICT',
    ]);
  });

  it('to categories are refused by the codes of the contract', async () => {
    const [root, other] = [await addCategory(catalogue), await addCategory(catalogue)];
    const middle = await addCategory(catalogue, root.id);
    const leaf = await addCategory(catalogue, middle.id);
    await addProduct(catalogue, leaf.id);
    const { categories } = catalogue;
    const move = ({ id, version }: Category, parentId: string | null) =>
      categories.update({ id, expectedVersion: version, changes: { parentId } }, UNTRACED);

    expect(
      await outcomesOf([
        categories.create({ parentId: UNKNOWN, name: 'x' }, UNTRACED),
        categories.create({ parentId: leaf.id, name: 'x' }, UNTRACED),
        categories.create({ parentId: null, name: root.name }, UNTRACED),
        categories.create({ parentId: root.id, name: middle.name }, UNTRACED),
      ]),
    ).toEqual(['CATEGORY_NOT_FOUND', 'CATEGORY_TOO_DEEP', 'CATEGORY_NAME_TAKEN', 'CATEGORY_NAME_TAKEN']);
    expect(await outcomesOf([move(root, leaf.id)])).toEqual(['CATEGORY_CYCLE']);
    expect(await outcomesOf([move(root, root.id)])).toEqual(['CATEGORY_CYCLE']);
    expect(await outcomesOf([move(root, other.id)])).toEqual(['CATEGORY_TOO_DEEP']);
    expect(await outcomesOf([move(middle, UNKNOWN)])).toEqual(['CATEGORY_NOT_FOUND']);
    expect(await outcomesOf([move({ ...middle, version: 1 }, null)])).toEqual(['VERSION_CONFLICT']);
    expect(await outcomesOf([categories.remove(leaf.id, leaf.version, UNTRACED)])).toEqual(['CATEGORY_IN_USE']);
    expect(await outcomesOf([categories.remove(middle.id, middle.version, UNTRACED)])).toEqual(['CATEGORY_IN_USE']);
    expect(await outcomesOf([categories.remove(UNKNOWN, 1, UNTRACED)])).toEqual(['CATEGORY_NOT_FOUND']);
    expect((await categories.find(leaf.id))?.path).toEqual([root.id, middle.id, leaf.id]);
  });

  it('of two moves that would close a circle, let one win', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [a, b] = [await addCategory(catalogue), await addCategory(catalogue)];
      const under = (child: Category, parent: Category) =>
        catalogue.categories.update(
          { id: child.id, expectedVersion: child.version, changes: { parentId: parent.id } },
          UNTRACED,
        );
      const outcomes = await outcomesOf([under(a, b), under(b, a)]);
      expect(outcomes).toContain('done');
      expect(outcomes).toContain('CATEGORY_CYCLE');
    }
  });

  it('to stock never take out more than there is, however many try', async () => {
    const { id, version } = await addProduct(catalogue, category.id);
    expect(await catalogue.stock.find(id)).toEqual({ productId: id, quantity: 0, version });
    expect(await outcomesOf([catalogue.stock.adjust(id, -1, UNTRACED)])).toEqual(['STOCK_EXHAUSTED']);
    await catalogue.stock.adjust(id, 10, UNTRACED);

    const taken = await outcomesOf(Array.from({ length: 15 }, () => catalogue.stock.adjust(id, -1, UNTRACED)));
    expect(taken.filter((outcome) => outcome === 'done')).toHaveLength(10);
    expect(taken.filter((outcome) => outcome === 'STOCK_EXHAUSTED')).toHaveLength(5);
    expect(await catalogue.stock.find(id)).toMatchObject({ quantity: 0 });
    expect(
      await outcomesOf([catalogue.stock.adjust(UNKNOWN, 1, UNTRACED), catalogue.stock.adjust(UNKNOWN, -1, UNTRACED)]),
    ).toEqual(['PRODUCT_NOT_FOUND', 'PRODUCT_NOT_FOUND']);
    await catalogue.sql('UPDATE stock SET quantity = 1000000000 WHERE product_id = $1', [id]);
    expect(await outcomesOf([catalogue.stock.adjust(id, 1, UNTRACED)])).toEqual(['BAD_INPUT']);
    expect(await catalogue.stock.find(UNKNOWN)).toBeNull();
  });
});

describe('migrations', () => {
  it('run once however many processes start at once, and can be taken back', async () => {
    const database = await borrowDatabase();
    const ran = await Promise.all([migrate(database.url), migrate(database.url), migrate(database.url)]);
    expect(ran.flat()).toEqual([
      'Tables1700000000001',
      'Versions1700000000002',
      'Events1700000000003',
      'InvalidationLog1700000000004',
      'OwedEvents1700000000005',
      'IdempotencyKeys1700000000006',
    ]);
    expect(await migrate(database.url)).toEqual([]);

    const dataSource = new DataSource(dataSourceOptions({ url: database.url, statementTimeoutMs: 0, poolSize: 2 }));
    await dataSource.initialize();
    for (let count = ran.flat().length; count > 0; count -= 1)
      await dataSource.undoLastMigration({ transaction: 'all' });
    const left = await dataSource.query<{ name: string }[]>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S')
       UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1`,
    );
    expect(left.map(({ name }) => name)).toEqual(['catalog_migrations', 'catalog_migrations_id_seq']);
    await dataSource.destroy();
    await database.release();
  });
});
