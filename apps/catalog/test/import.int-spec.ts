import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importCatalogue, type ImportOptions } from '../src/import/import-catalogue.js';
import { openCatalogue, type Catalogue } from './fixture.js';

const HEADER = 'index,product,category,sub_category,brand,sale_price,market_price,type,rating,,';

describe('the import', () => {
  let catalogue: Catalogue;
  let dir: string;
  beforeAll(async () => {
    catalogue = await openCatalogue();
    dir = await mkdtemp(join(tmpdir(), 'larder-import-'));
  });
  afterAll(async () => {
    await rm(dir, { recursive: true });
    await catalogue.close();
  });
  beforeEach(() => catalogue.sql('DELETE FROM products; DELETE FROM categories; DELETE FROM outbox'));

  const load = async (name: string, text: string | Buffer, options: Partial<ImportOptions> = {}) => {
    const file = join(dir, name);
    await writeFile(file, text);
    return importCatalogue({
      file,
      databaseUrl: catalogue.url,
      cache: null,
      map: {},
      currency: 'INR',
      skuPrefix: 'BB-',
      limit: null,
      ...options,
    });
  };
  const events = async () => (await catalogue.sql<{ n: number }>('SELECT count(*)::int AS n FROM outbox'))[0]!.n;
  const stored = () =>
    catalogue.sql<{ sku: string; name: string; price_minor: number; rating: number | null; path: string[] }>(
      `SELECT p.*, (SELECT array_agg(c.name ORDER BY cardinality(c.path)) FROM categories c
         WHERE c.id = ANY (own.path)) AS path
       FROM products p JOIN categories own ON own.id = p.category_id ORDER BY p.sku`,
    );
  const csv = (...rows: string[]) => `\ufeff${[HEADER, ...rows].join('\r\n')}\r\n`;

  it('takes every good row, and says the line and the reason of every other', async () => {
    const report = await load(
      'shop.csv',
      csv(
        '1,"Peanut Butter \r\n Creamy",Food,Spreads,Farm,170.5,200,Nut Spread,4.1,,4.1',
        '2,,Food,Tea,Farm,200,240,Ground,4.2,,',
        '3,Tea,Food,,Farm,10,10,Bags,4,,',
        '4,Tea,Food,Tea,Farm,"1,000",10,Bags,4,,',
        '5,Tea,Food,Tea,Farm,10.005,10,Bags,4,,',
        '6,Tea,Food,Tea,Farm,10,10,Bags,7,,',
        '7,Tea,Food,Tea',
        '1,Tea again,Food,Tea,Farm,10,10,Bags,4,,',
        '',
        '8,Rice,Food,Grain,,0.50,1,Rice,,,',
        '9,Loose "quotes",Food,Grain,,5,1,Rice,,,',
        `10,${'x'.repeat(301)},Food,Grain,,5,1,Rice,,,`,
        '11,Salt,Food,,,5,1,,,,',
      ),
    );

    expect(report).toMatchObject({
      rows: 12,
      inserted: 4,
      updated: 0,
      unchanged: 0,
      categories: [1, 2, 2],
      interrupted: false,
    });
    expect(report.refused.map(({ line }) => line)).toEqual([4, 5, 6, 7, 8, 9, 10, 14]);
    expect(report.refused.slice(0, 7).map(({ reason }) => reason)).toEqual([
      'name: is empty',
      'subcategory: is empty, but type is not',
      expect.stringMatching(/^priceMinor: /),
      expect.stringMatching(/^priceMinor: /),
      expect.stringMatching(/^rating: /),
      'has 4 columns, the header 11',
      'sku: BB-1 stands in line 2 already',
    ]);
    expect(await stored()).toMatchObject([
      {
        sku: 'BB-1',
        name: 'Peanut Butter Creamy',
        brand: 'Farm',
        price_minor: 17_050,
        currency: 'INR',
        rating: 4.1,
        path: ['Food', 'Spreads', 'Nut Spread'],
      },
      { sku: 'BB-11', name: 'Salt', path: ['Food'] },
      { sku: 'BB-8', name: 'Rice', brand: null, price_minor: 50, rating: null },
      { sku: 'BB-9', name: 'Loose "quotes"' },
    ]);
  });

  it('changes nothing the second time, and only what differs the third', async () => {
    const rows = ['1,Tea,Food,Tea,Farm,10,10,Bags,4,,', '2,Rice,Food,Grain,,20,10,Rice,,,'];
    await load('shop.csv', csv(...rows));
    await catalogue.sql('DELETE FROM outbox');

    expect(await load('shop.csv', csv(...rows))).toMatchObject({ inserted: 0, updated: 0, unchanged: 2 });
    expect(await events()).toBe(0);
    expect(await load('shop.csv', csv(rows[0]!, '2,Rice,Food,Grain,,21,10,Rice,,,'))).toMatchObject({
      updated: 1,
      unchanged: 1,
    });
    expect(await events()).toBe(1);
  });

  it('ends with a refusal at a quote that is never closed, and keeps the rows before it', async () => {
    const report = await load(
      'shop.csv',
      csv('1,Tea,Food,Tea,Farm,10,10,Bags,4,,', '2,"Rice,Food,Grain,,20,10,Rice,,,', '3,x'),
    );
    expect(report).toMatchObject({
      rows: 2,
      inserted: 1,
      refused: [{ reason: expect.stringContaining('never closed') as string }],
    });
  });

  it('leaves what an empty cell does not say, and what the file does not know', async () => {
    await load('shop.csv', csv('1,Tea,Food,Tea,Farm,10,10,Bags,4,,'));
    await catalogue.sql(`UPDATE products SET description = 'Written by an editor'`);
    await load('shop.csv', csv('1,Tea,Food,Tea,,11,10,Bags,,,'));
    expect(await stored()).toMatchObject([
      { brand: 'Farm', rating: 4, price_minor: 1_100, description: 'Written by an editor' },
    ]);
  });

  it('completes an import that was interrupted', async () => {
    const rows = Array.from({ length: 2_500 }, (_, i) => `${i},Thing ${i},Food,Tea,,10,10,Bags,,,`);
    const stopping = new AbortController();
    const first = await load('shop.csv', csv(...rows), {
      signal: stopping.signal,
      onProgress: () => {
        stopping.abort();
      },
    });
    expect(first.interrupted).toBe(true);
    expect(first.inserted).toBeGreaterThanOrEqual(1_000);
    expect(first.inserted).toBeLessThan(2_500);

    const second = await load('shop.csv', csv(...rows));
    expect(second).toMatchObject({
      rows: 2_500,
      inserted: 2_500 - first.inserted,
      unchanged: first.inserted,
      interrupted: false,
    });
    expect(await stored()).toHaveLength(2_500);
  });

  it('gives one file the same ids on every database, and keeps a category that was renamed', async () => {
    const text = csv('1,Tea,Food,Tea,Farm,10,10,Bags,4,,');
    await load('shop.csv', text);
    const ids = await catalogue.sql<{ id: string }>(
      'SELECT id FROM products UNION ALL SELECT id FROM categories ORDER BY 1',
    );
    await catalogue.sql('DELETE FROM products; DELETE FROM categories');
    await load('shop.csv', text);
    expect(await catalogue.sql('SELECT id FROM products UNION ALL SELECT id FROM categories ORDER BY 1')).toEqual(ids);

    await catalogue.sql(`UPDATE categories SET name = 'Tisane' WHERE name = 'Tea'`);
    await load('shop.csv', text);
    expect(await catalogue.sql('SELECT name FROM categories ORDER BY name')).toMatchObject(
      ['Bags', 'Bags', 'Food', 'Tea', 'Tisane'].map((name) => ({ name })),
    );
  });

  it('reads JSON Lines, columns by --map, stock, and other currencies', async () => {
    const report = await load(
      'shop.jsonl',
      [
        '{"sku":"A","title":"Tea","category":"Food","price":"12.5","currency":"eur","stock":7,"extra":[1]}',
        '',
        '{"sku":"B","title":"Sake","category":"Food","price":980,"currency":"JPY","Notes":"Cold"}',
        '{"sku":"C","title":"Oil","category":"Food","priceMinor":250,"currency":"EURO"}',
        '{"sku":"D"',
        '[]',
        '{"sku":"E","title":["Tea"],"category":"Food","price":1}',
      ].join('\n'),
      { map: { Notes: 'description' } },
    );
    expect(report.refused.map(({ line }) => line)).toEqual([4, 5, 6, 7]);
    expect(report).toMatchObject({ rows: 6, inserted: 2 });
    expect(await stored()).toMatchObject([
      { sku: 'A', price_minor: 1_250, currency: 'EUR' },
      { sku: 'B', price_minor: 980, currency: 'JPY', description: 'Cold' },
    ]);

    const stock = () => catalogue.sql('SELECT sku, quantity FROM stock JOIN products ON id = product_id ORDER BY sku');
    expect(await stock()).toEqual([{ sku: 'A', quantity: 7 }]);
    await load('stock.jsonl', '{"sku":"B","title":"Sake","category":"Food","price":980,"currency":"JPY","stock":0}');
    expect(await stock()).toEqual([
      { sku: 'A', quantity: 7 },
      { sku: 'B', quantity: 0 },
    ]);
  });

  it('writes the good rows of a batch in which the database itself refuses one', async () => {
    await catalogue.sql(`ALTER TABLE products ADD CONSTRAINT no_tea CHECK (name <> 'Tea')`);
    const rows = Array.from({ length: 50 }, (_, i) => `${i},${i === 30 ? 'Tea' : 'Rice'},Food,Tea,,10,10,Bags,,,`);
    const report = await load('shop.csv', csv(...rows));
    await catalogue.sql('ALTER TABLE products DROP CONSTRAINT no_tea');
    expect(report).toMatchObject({ rows: 50, inserted: 49 });
    expect(report.refused).toEqual([{ line: 32, reason: expect.stringContaining('no_tea') as string }]);
  });

  it.each([
    ['shop.xlsx', 'x', 'must end in'],
    ['shop.csv', 'sku,category,price\n1,2,3\n', 'No column holds name'],
    ['shop.csv', 'sku,name,title,category,price\n1,2,3,4,5\n', 'Two columns hold name'],
  ])('refuses %s with %j as a whole', async (name, text, reason) => {
    await expect(load(name, text)).rejects.toThrow(reason);
  });

  it('refuses rows that are not UTF-8, reads at most as many rows as asked, and says when there is no file', async () => {
    const latin = Buffer.concat([
      Buffer.from(`${HEADER}\n1,Caf`),
      Buffer.from([0xe9]),
      Buffer.from(',Food,Tea,,10,10,Bags,,,\n'),
    ]);
    expect((await load('latin.csv', latin)).refused).toEqual([{ line: 2, reason: 'name: is not UTF-8' }]);
    const rows = ['1,Tea,Food,Tea,Farm,10,10,Bags,4,,', '2,Rice,Food,Grain,,20,10,Rice,,,'];
    expect(await load('shop.csv', csv(...rows), { limit: 1 })).toMatchObject({
      rows: 1,
      inserted: 1,
      interrupted: false,
    });
    const missing = {
      file: join(dir, 'absent.csv'),
      databaseUrl: catalogue.url,
      cache: null,
      map: {},
      currency: 'INR',
      skuPrefix: '',
      limit: null,
    };
    await expect(importCatalogue(missing)).rejects.toThrow('cannot be read');
  });
});
