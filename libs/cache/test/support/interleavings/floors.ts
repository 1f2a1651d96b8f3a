import type { History } from './history.js';
import type { Process, World } from './world.js';

/** The oldest versions that a read may return, by where it finds them. */
interface Floors {
  readonly source: number;
  readonly fresh: number;
  readonly stale: number;
  readonly l1: number;
}

/** What a read that begins now may return at least. */
export function floorsOf<Value>(world: World<Value>, process: Process<Value>, row: History): Floors {
  const { freshness } = world.play.space;
  const { committed } = row;
  if (freshness === 'strict') return { source: committed, fresh: committed, stale: committed, l1: committed };
  if (typeof freshness !== 'object') return floorsOfKnowledge(world, process, row);
  const floor = row.committedBefore(performance.now() - freshness.maxStalenessMs);
  return { source: committed, fresh: floor, stale: floor, l1: floor };
}

function floorsOfKnowledge<Value>(world: World<Value>, { knows, feed }: Process<Value>, row: History): Floors {
  const known = knows.get(row)!;
  for (const each of world.processes) {
    if (each.cache.pendingInvalidations > 0) continue;
    const other = each.knows.get(row)!;
    if (other.owed > 0) row.settle(other.owed);
    other.owed = 0;
  }
  const nowMs = performance.now();
  const { maxStalenessMs = 0 } = world.play.space.l1 ?? {};
  const stale = Math.max(row.settled(), known.own);
  const vouchedMs = Math.max(feed()?.caughtUpAtMs ?? -Infinity, nowMs - maxStalenessMs);
  const seen = known.seen.filter((version) => version <= row.settled());
  return {
    source: row.committed,
    stale,
    fresh: Math.max(row.fresh(), known.ownFresh),
    l1: Math.max(known.own, known.ownFresh, known.heard, row.fresh(vouchedMs), ...seen),
  };
}
