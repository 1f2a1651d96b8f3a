import type { History } from './history.js';
import { note } from './knowledge.js';
import type { Change } from './play.js';
import { passing } from './passing.js';
import type { Process, World } from './world.js';

/** Commits a change, of as many rows as it has, and makes it known in its way. */
export async function change<Value>(
  world: World<Value>,
  action: Change,
  process: Process<Value>,
  row: History,
): Promise<void> {
  const { space, cache } = process;
  const rows = action === 'write many' || action.startsWith('retire') ? world.rows : [row];
  const versions = rows.map((each) => each.commit(action === 'delete' ? 'deletion' : 'change'));
  const [version = 0] = versions;
  const ids = rows.map(({ id }) => id);
  const changed = rows.map((each, index) => [each, versions[index] ?? 0] as const);
  switch (action) {
    case 'write':
    case 'delete':
      return settle(process, changed, () => space.invalidate(ids, { version }));
    case 'write unversioned':
      return settle(process, changed, () => space.invalidate(ids));
    case 'write many': {
      const entries = rows.flatMap(({ id }, index) => world.play.space.entries(id, versions[index]));
      return settle(process, changed, () => cache.invalidate({ entries, tags: [] }));
    }
    case 'retire tag':
      return settle(process, changed, () => cache.invalidate({ entries: [], tags: world.play.tags ?? [] }));
    case 'retire':
      return settle(process, changed, () => space.retire());
    case 'put':
      return settle(process, changed, () => space.put(row.id, row.valueAt(version) as Value));
    case 'expire':
      return settle(process, changed, () => space.expire(ids), world.play.space.graceMs > 0);
  }
}

/** Makes a change known, and notes from when on who may not read what was before it. */
async function settle<Value>(
  { cache, knows }: Process<Value>,
  changed: readonly (readonly [History, number])[],
  make: () => Promise<unknown>,
  expiring = false,
): Promise<void> {
  const pending = await make().then(() => false, passing);
  for (const [row, version] of changed) note(knows.get(row)!, row, { version, pending, expiring });
  if (pending && cache.pendingInvalidations === 0) throw new Error('An invalidation is neither applied nor waiting');
}
