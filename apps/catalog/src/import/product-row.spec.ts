import { productRow } from './product-row.js';

const OPTIONS = { currency: 'EUR', skuPrefix: 'P-' };
const TEA = { index: '7', name: ' Green \n tea ', category: 'Drinks', price: '2.5' };
const read = (fields: object) => productRow({ line: 3, fields: { ...TEA, ...fields } }, OPTIONS);

describe('productRow', () => {
  it('reads what is there and leaves open what is not', () => {
    expect(read({})).toEqual({
      line: 3,
      sku: 'P-7',
      name: 'Green tea',
      brand: null,
      description: '',
      categories: ['Drinks'],
      priceMinor: 250,
      currency: 'EUR',
      rating: null,
      stock: null,
    });
  });

  it.each([
    ['2', 'EUR', 200],
    ['0', 'EUR', 0],
    ['85.14', 'INR', 8_514],
    ['19.990', 'EUR', 1_999],
    ['4.35', 'EUR', 435], // 4.35 * 100 is 434.99999999999994
    ['980', 'JPY', 980],
    ['1.234', 'KWD', 1_234],
  ])('reads the price %s %s exactly', (price, currency, priceMinor) => {
    expect(read({ price, currency })).toMatchObject({ priceMinor, currency });
  });

  it.each([
    [{ price: '1.005' }, /^priceMinor: /],
    [{ price: '-1' }, /^priceMinor: /],
    [{ price: '1e3' }, /^priceMinor: /],
    [{ price: '₹12' }, /^priceMinor: /],
    [{ price: '1.5', currency: 'JPY' }, /^priceMinor: /],
    [{ price: '10000001' }, /^priceMinor: /],
    [{ currency: 'EURO' }, /^currency: /],
    [{ rating: '5.1' }, /^rating: /],
    [{ rating: 'good' }, /^rating: /],
    [{ stock: '1.5' }, /^stock: /],
    [{ stock: '-1' }, /^stock: /],
    [{ sku: 'a b' }, /^sku: /],
    [{ name: '  ' }, /^name: is empty$/],
    [{ index: '' }, /^sku or index: is empty$/],
    [{ price: '' }, /^price or priceMinor: is empty$/],
    [{ category: '' }, /^category: is empty$/],
    [{ type: 'Green' }, /^subcategory: is empty, but type is not$/],
    [{ name: 'a\0b' }, /^name: /],
    [{ brand: 'x'.repeat(121), description: 'x'.repeat(5_001) }, /^brand: .*; description: /],
  ])('refuses %j', (fields, reason) => {
    expect(read(fields)).toEqual({ line: 3, reason: expect.stringMatching(reason) as string });
  });
});
