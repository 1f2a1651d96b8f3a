import { TTL_MS } from '../../test/support/row-space.js';
import { row, Row } from '../../test/support/versioned-row.js';
import { ManualClock } from '../testing/manual-clock.js';
import { Cache } from './cache.js';
import { defineSpace } from './define-space.js';
import { MemoryStore } from './memory-store.js';
import type { Look } from './store.js';

/** Is to be asked through a master that has the newest certificate and nothing else; it fails over to this store after one look. */
class PromotedStore extends MemoryStore {
  isFailed = true;

  override async look(...asked: Parameters<MemoryStore['look']>): Promise<Look> {
    const look = await super.look(...asked);
    if (this.isFailed) return look;
    this.isFailed = true;
    return { ...look, entries: look.entries.map(() => ({ state: 'absent' })), certificates: [await this.now()] };
  }
}

it('does not take what a server that took over since the look has in the place of a lease, under the certificate of that look', async () => {
  const clock = new ManualClock();
  const store = new PromotedStore({ now: clock.now });
  const definition = { service: 'shop', entity: 'row', value: Row, version: (each: Row) => each.version };
  const space = new Cache({ store, clock }).space(defineSpace({ ...definition, ttlMs: TTL_MS }));
  await space.getOrSet('1', async () => row(1));
  store.isFailed = false;
  const read = await space.read('1', async () => row(2), { freshness: { maxStalenessMs: 1_000 } });
  expect(read).toMatchObject({ value: row(2), outcome: 'bypass' });
});
