import { LIMITS, setUpL1, states } from '../../test/support/late-feed.js';
import { never, row, Row } from '../../test/support/versioned-row.js';
import { deferred } from '../testing/deferred.js';
import { turns } from '../testing/turns.js';
import { defineSpace } from './define-space.js';

describe('a space with an L1', () => {
  it('is off until the feed vouches for it, and what was read before that is not kept', async () => {
    const { space, other, store, events, hears } = setUpL1();
    await other.getOrSet('1', async () => row(1));
    expect((await space.read('1', never)).tier).toBe('store');
    expect((await space.read('1', never)).tier).toBe('store');
    expect(states(events)).toEqual(['off']);
    const answered = deferred<null>();
    store.answered = answered.promise;
    const reading = space.read('1', never);
    await turns(2);
    hears(); // what was invalidated between the read and now was never heard
    answered.resolve(null);
    await reading;
    expect((await space.read('1', never)).tier).toBe('store');
    expect((await space.read('1', never)).tier).toBe('l1');
    expect(states(events)).toEqual(['off', 'on']);
  });

  it('is switched off and emptied when the feed is lost', async () => {
    const { space, store, events, hears } = setUpL1();
    hears();
    await space.getOrSet('1', async () => row(1));
    store.feed.listener?.lost();
    store.feed.listener?.lost();
    expect((await space.read('1', never)).tier).toBe('store');
    expect(states(events)).toEqual(['off', 'on', 'off']);
    hears();
    expect((await space.read('1', never)).tier).toBe('store'); // emptied
    expect((await space.read('1', never)).tier).toBe('l1');
  });

  it('is switched off and emptied when the feed has been silent for longer than it promises', async () => {
    const { space, events, hears } = setUpL1();
    hears(performance.now() - 990);
    await space.getOrSet('1', async () => row(1));
    const deadlineMs = performance.now() + 5_000;
    while ((await space.read('1', never)).tier === 'l1' && performance.now() < deadlineMs) await turns(1);
    expect((await space.read('1', never)).tier).toBe('store');
    expect(states(events)).toEqual(['off', 'on', 'off']);
  });

  it('stops hearing when the cache is closed', async () => {
    const { space, cache, store, hears } = setUpL1();
    hears();
    await space.getOrSet('1', async () => row(1));
    await cache.close();
    expect(store.feed.stopped).toBe(true);
    expect((await space.read('1', never)).tier).toBe('store');
  });

  it('shares one feed between the spaces of a service', async () => {
    const { cache, space, hears } = setUpL1();
    hears();
    const second = cache.space(
      defineSpace({ service: 'shop', entity: 'second', value: Row, ttlMs: 60_000, l1: LIMITS }),
    );
    await second.getOrSet('1', async () => row(1));
    expect((await second.read('1', never)).tier).toBe('l1');
    await space.invalidate('1', { version: 2 });
    expect((await second.read('1', never)).tier).toBe('l1');
  });
});
