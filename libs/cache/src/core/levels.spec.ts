import { setUpRows } from '../../test/support/row-space.js';
import { never, row, Row } from '../../test/support/versioned-row.js';
import type { Freshness, MinVersion } from './freshness.js';
import { defineSpace } from './define-space.js';
import type { SpaceDefinition } from './space.js';
import { tag } from './tag.js';

const L1 = { l1: { maxEntries: 10, maxBytes: 10_000 } };
const define = (more: Partial<SpaceDefinition<Row>>) =>
  defineSpace({ service: 'shop', entity: 'row', value: Row, ttlMs: 60_000, ...more });
const version = (each: Row): number => each.version;

describe('the level of a space', () => {
  it('is acknowledged, and eventual where a process keeps entries within itself', () => {
    expect(define({}).freshness).toBe('acknowledged');
    expect(define(L1).freshness).toBe('eventual');
    expect(define({ ...L1, freshness: { maxStalenessMs: 1 } }).demand.withinMs).toBe(1);
  });

  it.each<[string, Partial<SpaceDefinition<Row>>, ErrorConstructor]>([
    ['acknowledged with an l1', { ...L1, freshness: 'acknowledged' }, TypeError],
    ['strict with an l1', { ...L1, freshness: 'strict', version }, TypeError],
    ['strict without versions', { freshness: 'strict' }, TypeError],
    ['a staleness of nothing', { freshness: { maxStalenessMs: 0 } }, RangeError],
    ['half a millisecond', { freshness: { maxStalenessMs: 0.5 } }, RangeError],
    ['more than a day', { freshness: { maxStalenessMs: 86_400_001 } }, RangeError],
    ['what is no level', { freshness: 'Strict' as Freshness }, RangeError],
  ])('is not %s', (_, more, error) => {
    expect(() => define(more)).toThrow(error);
  });
});

describe('a read that asks for more than its space', () => {
  it('acknowledged: passes what the process has', async () => {
    const { space, store } = setUpRows(L1);
    await space.getOrSet('1', async () => row(1));
    const options = { freshness: 'acknowledged' } as const;
    expect((await space.read('1', never)).tier).toBe('l1');
    expect((await space.read('1', never, options)).tier).toBe('store');
    expect((await space.readMany(['1'], never, options)).get('1')?.tier).toBe('store');
    const looks = store.count('look');
    expect(await space.getOrSet('1', never, options)).toEqual(row(1));
    expect((await space.getOrSetMany(['1'], never, options)).size).toBe(1);
    expect(store.count('look')).toBe(looks + 2);
    expect(await space.getOrSet('1', never, { freshness: 'eventual' })).toEqual(row(1));
    expect(store.count('look')).toBe(looks + 2);
  });

  it('strict: loads where writers place no intents, and changes nothing of what is cached', async () => {
    const { space, store } = setUpRows();
    const options = { freshness: 'strict' } as const;
    await space.getOrSet('1', async () => row(1));
    const looks = store.count('look');
    expect(await space.read('1', async () => row(2), options)).toMatchObject({ value: row(2), outcome: 'bypass' });
    const load = async (ids: readonly string[]) => new Map(ids.map((id) => [id, row(3)]));
    expect((await space.getOrSetMany(['1', '2'], load, options)).get('1')).toEqual(row(3));
    expect(store.count('look')).toBe(looks);
    expect(await space.getOrSet('1', never)).toEqual(row(1));
  });

  it('strict: passes what the process has, which goes then', async () => {
    const { space } = setUpRows(L1);
    await space.getOrSet('1', async () => row(1));
    expect(await space.getOrSet('1', async () => row(2), { freshness: 'strict' })).toEqual(row(2));
    expect((await space.read('1', never)).tier).toBe('store');
  });

  it('strict in a strict space: hits', async () => {
    const { space } = setUpRows({ freshness: 'strict' });
    await space.getOrSet('1', async () => row(1));
    expect((await space.read('1', never, { freshness: 'strict' })).outcome).toBe('hit');
    expect((await space.read('1', never, { freshness: 'acknowledged' })).outcome).toBe('hit');
  });

  it.each<[string, { freshness?: Freshness; minVersion?: MinVersion }]>([
    ['a staleness of nothing', { freshness: { maxStalenessMs: 0 } }],
    ['what is no number', { freshness: { maxStalenessMs: NaN } }],
    ['what is no level', { freshness: 'strictly' as Freshness }],
    ['a version that is no number', { minVersion: NaN }],
    ['half a version', { minVersion: 0.5 }],
    ['a version below all', { minVersion: -1 }],
    ['what is no version of one of them', { minVersion: () => NaN }],
  ])('is refused %s, by a rejection', async (_, options) => {
    for (const { space } of [setUpRows(), setUpRows(L1)]) {
      await space.getOrSet('1', async () => row(1));
      await expect(space.getOrSet('1', never, options)).rejects.toThrow(RangeError);
      await expect(space.read('1', never, options)).rejects.toThrow(RangeError);
      await expect(space.getOrSetMany(['1'], never, options)).rejects.toThrow(RangeError);
      await expect(space.readMany(['1'], never, options)).rejects.toThrow(RangeError);
    }
  });

  it('is refused a version where there are none', async () => {
    const { cache } = setUpRows();
    const sums = cache.space(define({ entity: 'sum' }));
    await expect(sums.getOrSet('1', never, { minVersion: 1 })).rejects.toThrow(TypeError);
    await expect(sums.getOrSetMany(['1'], never, { minVersion: () => 1 })).rejects.toThrow(TypeError);
  });
});

describe('a strict space', () => {
  it('takes no tags: they are retired after a commit', async () => {
    const { space } = setUpRows({ freshness: 'strict' });
    const tags = [tag('shop', 'members', 'all')];
    await expect(space.getOrSet('1', never, { tags })).rejects.toThrow(TypeError);
    await expect(space.getOrSetMany(['1'], never, { tags })).rejects.toThrow(TypeError);
    await expect(space.peek('1', { tags })).rejects.toThrow(TypeError);
  });

  it('takes no value from its writers: only the end of their intents shows that none is older', async () => {
    const { space } = setUpRows({ freshness: 'strict' });
    await space.getOrSet('1', async () => row(1));
    await expect(space.put('1', row(2))).rejects.toThrow(TypeError);
  });

  it('names the intents of a write in every schema version, and other spaces name none', () => {
    const rows = define({ freshness: 'strict', version, schemaVersion: 2, alsoInvalidates: [1] });
    expect(rows.intents('a b', '7').map(({ transaction }) => transaction)).toEqual(['7', '7']);
    expect(rows.intents('1', '7').map(({ key }) => key)).toEqual(['shop:row.v2:1', 'shop:row:1']);
    expect(() => define({ version }).intents('1', '7')).toThrow(TypeError);
    for (const transaction of ['', 'a-b', '7;', '-7']) expect(() => rows.intents('1', transaction)).toThrow(TypeError);
  });
});
