import fc from 'fast-check';
import { z } from 'zod';
import { Cache } from './cache.js';
import type { Clock } from './clock.js';
import { MemoryStore } from './memory-store.js';
import { defineSpace } from './space.js';
import type { Store } from './store.js';
import { tag } from './tag.js';

const Row = z.object({ version: z.number() });
const rows = defineSpace({ service: 'shop', entity: 'row', value: Row, version: (row) => row.version, ttlMs: 60_000 });
const lists = defineSpace({ service: 'shop', entity: 'list', value: Row, ttlMs: 60_000 });
const members = tag('shop', 'members', 'all');

/** Lets the scheduler decide when each store operation begins and when its answer arrives. */
function slowed(store: Store, s: fc.Scheduler): Store {
  const slowly = async <Result>(name: string, run: () => Promise<Result>): Promise<Result> => {
    await s.schedule(Promise.resolve(), `${name} leaves`);
    const result = await run();
    await s.schedule(Promise.resolve(), `${name} answers`);
    return result;
  };
  return {
    look: (...args) => slowly('look', () => store.look(...args)),
    currentTags: (...args) => slowly('currentTags', () => store.currentTags(...args)),
    lease: (...args) => slowly('lease', () => store.lease(...args)),
    fill: (...args) => slowly('fill', () => store.fill(...args)),
    release: (...args) => slowly('release', () => store.release(...args)),
    invalidate: (...args) => slowly('invalidate', () => store.invalidate(...args)),
    put: (...args) => slowly('put', () => store.put(...args)),
    expire: (...args) => slowly('expire', () => store.expire(...args)),
    inspect: (...args) => slowly('inspect', () => store.inspect(...args)),
    now: () => slowly('now', () => store.now()),
    listen: (...args) => store.listen(...args),
  };
}

/** A clock on which every sleep ends when the scheduler says so. */
function scheduledClock(s: fc.Scheduler): Clock {
  let nowMs = 0;
  return {
    now: () => nowMs,
    sleep: async (ms) => {
      await s.schedule(Promise.resolve(), 'sleep');
      nowMs += ms;
    },
  };
}

type Action = 'read' | 'read many' | 'read list' | 'write' | 'write unversioned' | 'forget';
const actions = fc.array(
  fc.tuple(
    fc.constantFrom<Action>('read', 'read', 'read many', 'read list', 'write', 'write', 'write unversioned', 'forget'),
    fc.integer({ min: 0, max: 1 }),
  ),
  { maxLength: 14 },
);

it('returns nothing older than the last finished invalidation, in any interleaving, in two processes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), actions, async (s, steps) => {
      const clock = scheduledClock(s);
      const memory = new MemoryStore({ now: clock.now, maxEntries: 100 });
      const options = { store: slowed(memory, s), clock, operationTimeoutMs: 60_000, loadTimeoutMs: 60_000 };
      const processes = [new Cache(options), new Cache(options)] as const;
      let committed = 1; // what the database holds
      let settled = 1; // the newest version whose invalidation has finished

      const load = async (): Promise<{ version: number }> => {
        await s.schedule(Promise.resolve(), 'query arrives');
        const version = committed;
        await s.schedule(Promise.resolve(), 'rows arrive');
        return { version };
      };
      const loadMany = async (ids: string[]): Promise<Map<string, { version: number }>> => {
        const row = await load();
        return new Map(ids.map((id) => [id, row]));
      };
      const write = async (cache: Cache, versioned: boolean): Promise<void> => {
        const mine = ++committed;
        const entries = rows.entries('k', versioned ? mine : undefined);
        await cache.invalidate({ entries: [...entries, ...rows.entries('other', mine)], tags: [members] });
        settled = Math.max(settled, mine);
      };
      const run = async (action: Action, cache: Cache): Promise<void> => {
        const atLeast = settled;
        const check = (row: { version: number } | null | undefined): void => {
          expect(row?.version).toBeGreaterThanOrEqual(atLeast);
        };
        switch (action) {
          case 'read':
            check(await cache.space(rows).getOrSet('k', load));
            return;
          case 'read many':
            for (const row of (await cache.space(rows).getOrSetMany(['k', 'other'], loadMany)).values()) check(row);
            return;
          case 'read list':
            check(await cache.space(lists).getOrSet('all', load, { tags: [members] }));
            return;
          case 'write':
          case 'write unversioned':
            await write(cache, action === 'write');
            return;
          case 'forget':
            memory.clear();
        }
      };
      const begin = (action: Action, process: number): Promise<void> =>
        s.schedule(Promise.resolve(), action).then(() => run(action, processes[process as 0 | 1]));
      await s.waitFor(Promise.all(steps.map(([action, process]) => begin(action, process))));
    }),
    { numRuns: 500 },
  );
});
