import { fieldsOf, parseColumnMap } from './fields.js';
import { ImportError } from './import-report.js';

describe('fieldsOf', () => {
  it('knows columns by their names, whatever their spelling, and leaves out the others', () => {
    expect(
      fieldsOf(['index', 'Product', 'category', 'Sub-Category', 'sale_price', 'market_price', 'type', ''], {}),
    ).toEqual(['index', 'name', 'category', 'subcategory', 'price', null, 'type', null]);
  });

  it('believes the map before the names', () => {
    const map = parseColumnMap(['market_price=price', 'a=b=name']);
    expect(fieldsOf(['sku', 'name', 'a=b', 'category', 'price', 'market_price'], map)).toEqual([
      'sku',
      null,
      'name',
      'category',
      null,
      'price',
    ]);
  });

  it.each([
    [['sku', 'name', 'category'], {}, 'No column holds price or priceMinor'],
    [['name', 'category', 'price'], {}, 'No column holds sku or index'],
    [['sku', 'name', 'title', 'category', 'price'], {}, 'Two columns hold name'],
    [['sku', 'name', 'category', 'price'], { cost: 'price' }, 'no column "cost"'],
  ] as const)('refuses %j with %j', (headers, map, reason) => {
    expect(() => fieldsOf(headers, map)).toThrow(reason);
  });

  it.each(['price', 'a=b', '=name', 'a='])('refuses --map %s', (pair) => {
    expect(() => parseColumnMap([pair])).toThrow(ImportError);
  });
});
