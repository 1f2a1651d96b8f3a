import { CacheError } from '@larder/cache';
import { QueryFailedError } from 'typeorm';
import { ProductNotFound } from '../products/domain/product-errors.js';
import { asRefusal } from './unavailable.js';

const failedBy = (code: string) => new QueryFailedError('SELECT 1', [], Object.assign(new Error('no'), { code }));

describe('asRefusal', () => {
  it.each(['57P01', '57014', '53300', '08006', 'ECONNREFUSED', 'ECONNRESET'])('makes %s UNAVAILABLE', (code) => {
    expect(asRefusal(failedBy(code))).toMatchObject({ code: 'UNAVAILABLE', retryAfterSeconds: 1 });
  });

  it('makes a lost connection UNAVAILABLE', () => {
    const lost = new QueryFailedError('SELECT 1', [], new Error('Connection terminated unexpectedly'));
    expect(asRefusal(lost)).toMatchObject({ code: 'UNAVAILABLE' });
    expect(asRefusal(Object.assign(new Error('no'), { code: 'ECONNREFUSED' }))).toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('makes the limits of the cache OVERLOADED and UNAVAILABLE', () => {
    expect(asRefusal(new CacheError('LOAD_REJECTED', 'too many'))).toMatchObject({ code: 'OVERLOADED' });
    expect(asRefusal(new CacheError('LOAD_TIMEOUT', 'too slow'))).toMatchObject({ code: 'UNAVAILABLE' });
  });

  it.each([failedBy('42P01'), new ProductNotFound('x'), new TypeError('a bug')])('leaves %s as it is', (error) => {
    expect(asRefusal(error)).toBe(error);
  });
});
