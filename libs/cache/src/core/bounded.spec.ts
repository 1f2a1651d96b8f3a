import { BOUND_MS, setUpChain } from '../../test/support/chain-scene.js';
import { never, row, Row } from '../../test/support/versioned-row.js';
import { Cache } from './cache.js';
import { defineSpace } from './define-space.js';

const L1 = { l1: { maxEntries: 10, maxBytes: 10_000 } };

describe('a space with a bound', () => {
  it('loads, and stores nothing, until its store is certified', async () => {
    const { space, certify, events } = setUpChain();
    expect(await space.read('1', async () => row(1))).toMatchObject({
      outcome: 'bypass',
      tier: 'source',
      stored: false,
    });
    expect(events).toContainEqual({ type: 'uncertified', space: 'shop:row', count: 1 });
    await certify();
    expect(await space.read('1', async () => row(1))).toMatchObject({ outcome: 'miss', stored: true });
    expect(await space.read('1', never)).toMatchObject({ value: row(1), outcome: 'hit', tier: 'store' });
  });

  it('hits while the certificate is young enough by the clock of the store, and again with the next one', async () => {
    const { space, certify, clock, log, chain } = setUpChain();
    await certify();
    await space.getOrSet('1', async () => row(1));
    clock.advance(BOUND_MS);
    expect(await space.read('1', never)).toMatchObject({ outcome: 'hit' });
    clock.advance(1);
    expect(await space.read('1', async () => row(2))).toMatchObject({ value: row(2), outcome: 'bypass' });
    await chain.apply(log.beat(null)); // shows that nothing is missing, and not as of when
    expect(await space.read('1', async () => row(2))).toMatchObject({ value: row(2), outcome: 'bypass' });
    await chain.apply(log.beat(clock.now() - BOUND_MS - 1));
    await expect(space.read('1', never)).rejects.toThrow('must not load');
    await certify();
    expect(await space.read('1', never)).toMatchObject({ value: row(1), outcome: 'hit' });
  });

  it('asks by the time of the store, whatever the time of the process', async () => {
    const { memory, clock, certify, rows } = setUpChain();
    const ahead = { now: () => clock.now() + 5_000_000, sleep: clock.sleep };
    const space = new Cache({ store: memory, clock: ahead }).space(rows);
    await certify();
    await space.getOrSet('1', async () => row(1));
    clock.advance(BOUND_MS);
    expect((await space.read('1', never)).outcome).toBe('hit');
    clock.advance(1);
    expect((await space.read('1', async () => row(1))).outcome).toBe('bypass');
  });

  it('does so for many at once, for who looks and for who reserves', async () => {
    const { space, certify, clock } = setUpChain();
    await certify();
    const load = async (ids: readonly string[]) => new Map(ids.map((id) => [id, row(Number(id))]));
    await space.getOrSetMany(['1', '2'], load);
    expect((await space.getOrSetMany(['1', '2'], never)).size).toBe(2);
    expect(await space.peek('1')).toMatchObject({ status: 'fresh', tier: 'store' });
    expect(await space.explain('1')).toMatchObject({ state: 'fresh', tier: 'store', certified: true });
    expect((await space.reserve('1')).kind).toBe('value');
    clock.advance(BOUND_MS + 1);
    const reads = await space.readMany(['1', '2'], load);
    expect([...reads.values()].map(({ outcome }) => outcome)).toEqual(['bypass', 'bypass']);
    expect(await space.peek('1')).toEqual({ status: 'absent' });
    expect(await space.explain('1')).toMatchObject({ state: 'fresh', tier: null, certified: false });
    expect((await space.reserve('1')).kind).toBe('refused');
  });

  it('serves no grace past its bound: a load that fails is told', async () => {
    const { space, certify, clock } = setUpChain({ graceMs: 60_000, staleMs: 0 });
    await certify();
    await space.getOrSet('1', async () => row(1));
    clock.advance(11_000);
    await certify();
    expect(await space.getOrSet('1', never)).toEqual(row(1));
    clock.advance(BOUND_MS + 1);
    await expect(space.getOrSet('1', never)).rejects.toThrow('must not load');
  });

  it('is told that it is not certified when the store cannot be asked', async () => {
    const { space, store, certify } = setUpChain();
    await certify();
    await space.getOrSet('1', async () => row(1));
    store.fail('refuse', { only: ['inspect', 'look'] });
    expect(await space.explain('1')).toMatchObject({ state: 'unreachable', tier: null, certified: false });
  });
});

describe('a read with a bound of its own', () => {
  it('needs a certificate that its space does not need, or a younger one', async () => {
    const { space, certify, clock } = setUpChain({ freshness: 'eventual' });
    const options = { freshness: { maxStalenessMs: 200 } };
    expect((await space.read('1', async () => row(1), options)).outcome).toBe('bypass');
    await certify();
    await space.getOrSet('1', async () => row(1));
    clock.advance(200);
    expect((await space.read('1', never, options)).outcome).toBe('hit');
    clock.advance(1);
    expect((await space.read('1', async () => row(1), options)).outcome).toBe('bypass');
    expect((await space.read('1', never)).outcome).toBe('hit');
  });

  it('never gets less than its space promises', async () => {
    const { space, certify, clock } = setUpChain();
    await certify();
    await space.getOrSet('1', async () => row(1));
    clock.advance(BOUND_MS + 1);
    for (const freshness of [{ maxStalenessMs: 60_000 }, 'eventual', 'acknowledged'] as const) {
      expect((await space.read('1', async () => row(1), { freshness })).outcome).toBe('bypass');
    }
  });
});

describe('a space with a bound and an L1', () => {
  it('answers within the process under a certificate that was heard, as long as that is young enough', async () => {
    const { space, certify, clock, store } = setUpChain(L1);
    await certify();
    await space.getOrSet('1', async () => row(1));
    clock.advance(BOUND_MS);
    const looks = store.count('look');
    expect((await space.read('1', never)).tier).toBe('l1');
    expect(await space.getOrSet('1', never)).toEqual(row(1));
    expect((await space.getOrSetMany(['1'], never)).size).toBe(1);
    expect(store.count('look')).toBe(looks);
    expect((await space.read('1', async () => row(1), { freshness: { maxStalenessMs: 10 } })).outcome).toBe('bypass');
    await certify();
    await space.getOrSet('1', async () => row(1));
    clock.advance(BOUND_MS + 1);
    expect((await space.read('1', async () => row(1))).outcome).toBe('bypass');
    expect(await space.peek('1')).toEqual({ status: 'absent' });
    await certify();
    expect((await space.read('1', never)).tier).toBe('store');
    expect((await space.read('1', never)).tier).toBe('l1');
  });

  it('loses its certificate with its feed', async () => {
    const { space, certify, store } = setUpChain(L1);
    await certify();
    await space.getOrSet('1', async () => row(1));
    store.cutFeed();
    expect((await space.read('1', never)).tier).toBe('store');
    store.heal();
    await space.read('1', never);
    expect((await space.read('1', never)).tier).toBe('store');
    await certify();
    expect((await space.read('1', never)).tier).toBe('l1');
  });

  it('tells a space that comes later what was heard before it', async () => {
    const { certify, cache } = setUpChain(L1);
    await certify();
    const freshness = { maxStalenessMs: BOUND_MS };
    const later = cache.space(
      defineSpace({ service: 'shop', entity: 'late', value: Row, ttlMs: 60_000, freshness, ...L1 }),
    );
    await later.getOrSet('1', async () => row(1));
    expect((await later.read('1', never)).tier).toBe('l1');
  });

  it('asks the store when it has not told its time for a minute', async () => {
    const { space, chain, log, clock } = setUpChain({ ...L1, ttlMs: 600_000, freshness: { maxStalenessMs: 300_000 } });
    await chain.apply(log.beat(clock.now()));
    await space.getOrSet('1', async () => row(1));
    clock.advance(59_999);
    expect((await space.read('1', never)).tier).toBe('l1');
    clock.advance(1);
    expect((await space.read('1', never)).tier).toBe('store');
    expect((await space.read('1', never)).tier).toBe('l1');
  });
});
