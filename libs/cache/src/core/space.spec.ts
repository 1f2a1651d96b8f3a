import { z } from 'zod';
import { defineSpace } from './define-space.js';
import type { SpaceDefinition } from './space.js';

const define = (more: Partial<SpaceDefinition<number>>) =>
  defineSpace({ service: 'shop', entity: 'row', value: z.number(), ttlMs: 1_000, ...more });

describe('defineSpace', () => {
  it('keeps the schema versions of a value apart', () => {
    expect(define({}).key('1')).toBe('shop:row:1');
    expect(define({ schemaVersion: 2 }).key('1')).toBe('shop:row.v2:1');
    expect(define({ version: Number, schemaVersion: 2, alsoInvalidates: [1, 3] }).entries('1', 7)).toEqual([
      { key: 'shop:row.v2:1', version: 7 },
      { key: 'shop:row:1', version: 7 },
      { key: 'shop:row.v3:1', version: 7 },
    ]);
    expect(define({}).entries('1')).toEqual([{ key: 'shop:row:1' }]);
    expect(define({ schemaVersion: 2 }).generation).toBe(define({}).generation);
  });

  it('refuses a version where there is none, and what is none', () => {
    expect(() => define({}).entries('1', 7)).toThrow('shop:row has no versions');
    for (const version of [0, -1, 1.5, Number.NaN])
      expect(() => define({ version: Number }).entries('1', version)).toThrow(RangeError);
  });

  it('takes what is undefined for not given, as configurations leave it', () => {
    const open = { graceMs: undefined, l1: { maxEntries: 1, maxBytes: 1, maxStalenessMs: undefined } } as object;
    expect(define(open)).toMatchObject({ graceMs: 0, l1: { maxStalenessMs: 1_000 } });
  });

  it('refuses names that other keys begin with', () => {
    for (const entity of ['tag', 'generation']) expect(() => define({ entity })).toThrow(entity);
  });

  it.each<[string, Partial<SpaceDefinition<number>>]>([
    ['ttlMs', { ttlMs: 0 }],
    ['ttlMs', { ttlMs: 1.5 }],
    ['ttlMs', { ttlMs: 61 * 24 * 3_600_000 }],
    ['negativeTtlMs', { negativeTtlMs: -1 }],
    ['staleMs', { staleMs: -1 }],
    ['graceMs', { graceMs: Number.NaN }],
    ['ttlMs and staleMs or graceMs', { ttlMs: 40 * 24 * 3_600_000, graceMs: 40 * 24 * 3_600_000 }],
    ['errorBackoffMs', { errorBackoffMs: 60_001 }],
    ['schemaVersion', { schemaVersion: 0 }],
    ['alsoInvalidates', { alsoInvalidates: [0] }],
    ['maxValueBytes', { maxValueBytes: 0 }],
    ['earlyRefresh', { earlyRefresh: 0.95 }],
    ['earlyRefresh', { earlyRefresh: -0.1 }],
    ['softTimeoutMs', { softTimeoutMs: 0 }],
    ['compressAboveBytes', { compressAboveBytes: -1 }],
    ['l1.maxEntries', { l1: { maxEntries: 0, maxBytes: 1 } }],
    ['l1.maxBytes', { l1: { maxEntries: 1, maxBytes: 0 } }],
    ['l1.maxStalenessMs', { l1: { maxEntries: 1, maxBytes: 1, maxStalenessMs: 100 } }],
  ])('names %s when it is out of range', (name, faulty) => {
    expect(() => define(faulty)).toThrow(RangeError);
    expect(() => define(faulty)).toThrow(name);
  });
});
