import fc from 'fast-check';
import { versionedName, type VersionedKind } from '@larder/contracts';
import { Problem } from '../problems/problem.js';
import { readVersions, versionToken } from './version-token.js';

const ID = '0f6a7c1e-52c5-4a54-9d3b-3b6c1f0e8a11';
const MAX_VERSION = 999_999_999_999_999;

const name = fc
  .tuple(fc.constantFrom<VersionedKind>('product', 'category', 'stock'), fc.uuid())
  .map(([kind, id]) => versionedName(kind, id));
const versions = fc.dictionary(name, fc.integer({ min: 1, max: MAX_VERSION }), { noNullPrototype: true, maxKeys: 64 });

describe('a version token', () => {
  it('is read as it was written, however large it may be', () => {
    fc.assert(
      fc.property(versions, (told) => {
        const token = versionToken(told);
        expect(readVersions(token)).toEqual(told);
        expect(token?.length ?? 0).toBeLessThanOrEqual(4_096);
      }),
      { numRuns: 50 },
    );
    const most = Object.fromEntries(
      Array.from({ length: 64 }, (_, at) => [`category-${ID.slice(0, -2)}${String(at).padStart(2, '0')}`, MAX_VERSION]),
    );
    expect(readVersions(versionToken(most))).toEqual(most);
  });

  it('is read or refused, whatever it holds, and never names but what is known', () => {
    const pieces = [
      'product-',
      'stock-',
      ID,
      '=',
      '=57',
      ', ',
      ',',
      ';',
      '"',
      '(',
      ')',
      '?1',
      ':',
      '@1',
      '%"',
      '-',
      '\t',
    ];
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'binary-ascii' }),
      fc
        .array(fc.constantFrom(...pieces, '__proto__', 'constructor'), { maxLength: 40 })
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(hostile, (text) => {
        try {
          for (const [known, version] of Object.entries(readVersions(text))) {
            expect(known).toMatch(/^(product|category|stock)-[\da-f-]{36}$/);
            expect(version).toBeGreaterThan(0);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(Problem);
          expect((error as Problem).code).toBe('MALFORMED_REQUEST');
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
