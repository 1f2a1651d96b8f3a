import fc from 'fast-check';
import { z } from 'zod';
import { Codec, Unstorable } from './codec.js';
import type { ValueSchema } from './schema.js';
import { defineSpace } from './define-space.js';
import type { SpaceDefinition } from './space.js';

function create<Value>(value: ValueSchema<Value>, more: Partial<SpaceDefinition<Value>> = {}): Codec<Value> {
  return new Codec(defineSpace({ service: 'shop', entity: 'any', value, ttlMs: 1_000, ...more }));
}
const plain = { encode: String, decode: (text: string) => text };

describe('Codec', () => {
  it.each([
    [null, ''],
    [0, '0'],
    ['', '""'],
    [false, 'false'],
    [[], '[]'],
    [{}, '{}'],
    [{ 'ü|': '~' }, '{"ü|":"~"}'],
  ])('stores %j as %j', async (value, body) => {
    const codec = create(z.unknown());
    expect(await codec.encode(value)).toBe(body);
    expect(await codec.decode(body)).toEqual({ value });
  });

  it('stores what is long compressed', async () => {
    const codec = create(z.string(), { compressAboveBytes: 100 });
    const long = 'ab'.repeat(1_000);
    const body = await codec.encode(long);
    expect(body.length).toBeLessThan(100);
    expect(await codec.decode(body)).toEqual({ value: long });
    expect(await codec.encode('short')).toBe('"short"');
  });

  it('gives back any text, whatever it begins with, compressed or not', async () => {
    const codecs = [
      create(z.string(), { serializer: plain }),
      create(z.string(), { serializer: plain, compressAboveBytes: 0 }),
    ];
    const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('', '~', '=', '~x', '=~', '==', 'T1|a|2'));
    await fc.assert(
      fc.asyncProperty(text, async (value) => {
        for (const codec of codecs) expect(await codec.decode(await codec.encode(value))).toEqual({ value });
      }),
    );
  });

  it('refuses what is too large, and what the serializer refuses', async () => {
    await expect(create(z.string(), { maxValueBytes: 5 }).encode('ääää')).rejects.toThrow(Unstorable);
    await expect(create(z.unknown()).encode(() => 1)).rejects.toThrow(Unstorable);
  });

  it.each(['{', '"text"', '~', '~not deflated', '='])('calls %j corrupt', async (body) => {
    expect(await create(z.object({ a: z.number() })).decode(body)).toBeNull();
  });

  it('calls a value that cannot tell its TTL corrupt', async () => {
    const ttlMsOf = (): number => {
      throw new Error('no such field');
    };
    expect(await create(z.number(), { ttlMsOf }).decode('1')).toBeNull();
  });

  it('does not inflate more than a value may have', async () => {
    const body = await create(z.string(), { compressAboveBytes: 0 }).encode('x'.repeat(10_000));
    expect(await create(z.string(), { maxValueBytes: 100 }).decode(body)).toBeNull();
  });

  it('waits for a schema that takes its time', async () => {
    const slow = (validate: () => Promise<{ value: number } | { issues: unknown[] }>): ValueSchema<number> => ({
      '~standard': { validate },
    });
    expect(await create(slow(async () => ({ value: 1 }))).decode('1')).toEqual({ value: 1 });
    expect(await create(slow(async () => ({ issues: [] }))).decode('1')).toBeNull();
    expect(await create(slow(() => Promise.reject(new Error('down')))).decode('1')).toBeNull();
  });
});
