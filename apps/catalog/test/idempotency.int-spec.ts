import { Cache, MemoryStore } from '@larder/cache';
import { FaultyStore } from '@larder/cache/testing';
import type { Category } from '@larder/contracts';
import { Commits } from '../src/database/commits.js';
import type { Committed, Once, Origin } from '../src/changes/committed.js';
import { TypeOrmStockRepository } from '../src/stock/typeorm-stock-repository.js';
import { addCategory, openCatalogue, type Catalogue } from './fixture.js';

const EDITOR = '5b0c8a52-91f0-4c5e-9a5e-0c1f7f0b2d33';
const OTHER_EDITOR = '6b0c8a52-91f0-4c5e-9a5e-0c1f7f0b2d33';

let catalogue: Catalogue;
let category: Category;
beforeAll(async () => {
  catalogue = await openCatalogue();
  category = await addCategory(catalogue);
});
afterAll(() => catalogue.close());

const once = (key: string, more: Partial<Once> = {}): Origin => ({
  traceparent: undefined,
  once: { accountId: EDITOR, key, fingerprint: 'the same', waitMs: 5_000, ...more },
});
const product = (sku: string) => ({
  sku,
  name: sku,
  brand: null,
  description: '',
  categoryId: category.id,
  priceMinor: 1,
  currency: 'EUR',
  rating: null,
});
const rows = async (sku: string): Promise<number> =>
  (await catalogue.sql('SELECT 1 FROM products WHERE sku = $1', [sku])).length;
const keys = async (key: string): Promise<number> =>
  (await catalogue.sql('SELECT 1 FROM idempotency_keys WHERE key = $1', [key])).length;
const codeOf = (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    () => 'done',
    (error: unknown) => (error as { code: string }).code,
  );

describe('a change that is asked for again with its key', () => {
  it('is made once and answered as the first time, however many ask at once', async () => {
    const { products } = catalogue;
    const answers = await Promise.all(Array.from({ length: 20 }, () => products.create(product('ONCE'), once('once'))));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({
      result: { sku: 'ONCE' },
      changes: [{ type: 'catalog.product.created', data: { id: answers[0]?.result.id } }],
    });
    expect(await rows('ONCE')).toBe(1);
    expect(await products.create(product('ONCE'), once('once'))).toEqual(answers[0]);
  });

  it('of stock counts once', async () => {
    const { id } = (await catalogue.products.create(product('STOCK'), { traceparent: undefined })).result;
    const adjust = () => catalogue.stock.adjust(id, 5, once('stock'));
    const answers = await Promise.all([adjust(), adjust(), adjust()]);
    expect(answers.map(({ result }) => result.quantity)).toEqual([5, 5, 5]);
    await catalogue.stock.adjust(id, 5, once('stock again'));
    expect((await adjust()).result.quantity).toBe(5);
    expect(await catalogue.stock.find(id)).toMatchObject({ quantity: 10 });
  });

  it('is another change for another account, and for nobody', async () => {
    const category = (name: string, origin: Origin) => catalogue.categories.create({ parentId: null, name }, origin);
    const first = await category('Mine', once('shared'));
    const other = await category('Theirs', once('shared', { accountId: OTHER_EDITOR }));
    expect(other.result.id).not.toBe(first.result.id);
    expect(await codeOf(category('Mine', { traceparent: undefined }))).toBe('CATEGORY_NAME_TAKEN');
  });

  it('is refused if it is another request', async () => {
    await catalogue.products.create(product('FIRST'), once('reused'));
    const other = catalogue.products.create(product('SECOND'), once('reused', { fingerprint: 'another' }));
    expect(await codeOf(other)).toBe('IDEMPOTENCY_KEY_REUSED');
    expect(await rows('SECOND')).toBe(0);
  });

  it('is refused while the first one runs for longer than the second waits', async () => {
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    let began = (): void => undefined;
    const begun = new Promise<void>((resolve) => (began = resolve));
    const first = catalogue.commits.run(once('slow'), async () => {
      began();
      await finished;
      return 'the first answer';
    });
    await begun;
    const second = (waitMs: number): Promise<Committed<string>> =>
      catalogue.commits.run(once('slow', { waitMs }), () => Promise.resolve('another answer'));
    expect(await codeOf(second(50))).toBe('IDEMPOTENCY_KEY_BUSY');
    const patient = second(10_000);
    finish();
    expect((await Promise.all([first, patient])).map(({ result }) => result)).toEqual([
      'the first answer',
      'the first answer',
    ]);
  });

  it('waits for its rows as long as any other change', async () => {
    const { id } = (await catalogue.products.create(product('LOCKED'), { traceparent: undefined })).result;
    await catalogue.sql('BEGIN');
    await catalogue.sql('SELECT 1 FROM products WHERE id = $1 FOR UPDATE', [id]);
    const adjusted = catalogue.stock.adjust(id, 1, once('locked', { waitMs: 1 }));
    const settled = codeOf(adjusted);
    await catalogue.sql('SELECT pg_sleep(0.2)');
    await catalogue.sql('COMMIT');
    expect(await settled).toBe('done');
  });

  it('was not made if it was refused: its key is free', async () => {
    const { products } = catalogue;
    await products.create(product('TAKEN'), once('taken'));
    expect(await codeOf(products.create(product('TAKEN'), once('refused')))).toBe('SKU_TAKEN');
    expect(await keys('refused')).toBe(0);
    expect(await codeOf(products.create(product('FREE'), once('refused', { fingerprint: 'another' })))).toBe('done');
  });

  it('was not made if its intent was refused: its key is free', async () => {
    const { id } = (await catalogue.products.create(product('INTENT'), { traceparent: undefined })).result;
    const store = new FaultyStore(new MemoryStore());
    const stock = new TypeOrmStockRepository(
      catalogue.dataSource,
      new Commits(catalogue.dataSource, new Cache({ store })),
    );
    store.fail('refuse', { only: ['intend'] });
    expect(await codeOf(stock.adjust(id, 5, once('intent')))).toBe('INTENT_REFUSED');
    expect(await keys('intent')).toBe(0);
    store.heal();
    expect((await stock.adjust(id, 5, once('intent'))).result.quantity).toBe(5);
  });
});

describe('keys', () => {
  const age = (key: string, interval: string) =>
    catalogue.sql(`UPDATE idempotency_keys SET created_at = clock_timestamp() - $2::interval WHERE key = $1`, [
      key,
      interval,
    ]);

  it('are known for 24 hours', async () => {
    const create = (sku: string, fingerprint: string) =>
      catalogue.products.create(product(sku), once('daily', { fingerprint }));
    await create('MONDAY', 'monday');
    await age('daily', '23 hours 59 minutes');
    expect(await codeOf(create('TUESDAY', 'tuesday'))).toBe('IDEMPOTENCY_KEY_REUSED');
    await age('daily', '24 hours 1 minute');
    expect(await codeOf(create('TUESDAY', 'tuesday'))).toBe('done');
    expect((await create('TUESDAY', 'tuesday')).result.sku).toBe('TUESDAY');
    expect(await keys('daily')).toBe(1);
  });

  it('leave by the twenty with each that comes', async () => {
    await catalogue.sql(
      `INSERT INTO idempotency_keys (account_id, key, fingerprint, answer, created_at)
       SELECT $1, 'old-' || n, 'x', '{}', clock_timestamp() - interval '2 days' FROM generate_series(1, 50) AS n`,
      [OTHER_EDITOR],
    );
    const old = async (): Promise<number> =>
      (await catalogue.sql(`SELECT 1 FROM idempotency_keys WHERE key LIKE 'old-%'`)).length;
    const left = [];
    for (let count = 1; count <= 3; count += 1) {
      await catalogue.categories.create({ parentId: null, name: `New ${count}` }, once(`new-${count}`));
      left.push(await old());
    }
    expect(left).toEqual([30, 10, 0]);
  });
});
