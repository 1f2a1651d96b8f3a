import type { Read } from '../../../src/index.js';
import { floorsOf } from './floors.js';
import type { History } from './history.js';
import { passing } from './passing.js';
import type { Process, World } from './world.js';

/** Reads rows, checks what is read, and notes it as seen. */
export async function read<Value>(
  world: World<Value>,
  process: Process<Value>,
  rows: readonly History[],
): Promise<void> {
  const { tags = [] } = world.play;
  const floors = rows.map((row) => floorsOf(world, process, row));
  const [one] = rows;
  const answer =
    rows.length === 1 && one
      ? process.space.read(one.id, () => world.load(one), { tags }).then((read) => new Map([[one.id, read]]))
      : process.space.readMany(
          rows.map(({ id }) => id),
          (ids) => world.loadMany(ids),
          { tags },
        );
  const reads = await answer.catch((error: unknown) => {
    passing(error);
    return new Map<string, Read<Value | null | undefined>>();
  });
  rows.forEach((row, index) => {
    const read = reads.get(row.id);
    if (!read) return;
    const { value, tier, outcome } = read;
    const kind = tier === 'store' ? (outcome === 'stale' ? 'stale' : 'fresh') : tier;
    check(row, value, floors[index]![kind], `${kind} in ${outcome}`);
    if (isRow(value)) process.knows.get(row)!.seen.push(value.version);
  });
}

/** Gets rows, of which nobody tells where they were found, and checks them. */
export async function get<Value>(
  world: World<Value>,
  process: Process<Value>,
  rows: readonly History[],
): Promise<void> {
  const { tags = [] } = world.play;
  const floors = rows.map((row) => floorsOf(world, process, row));
  const [one] = rows;
  const answer =
    rows.length === 1 && one
      ? process.space.getOrSet(one.id, () => world.load(one), { tags }).then((value) => new Map([[one.id, value]]))
      : process.space.getOrSetMany(
          rows.map(({ id }) => id),
          (ids) => world.loadMany(ids),
          { tags },
        );
  const values = await answer.catch(passing);
  if (values === true) return;
  rows.forEach((row, index) => {
    const { stale, l1 } = floors[index]!;
    check(row, values.get(row.id) ?? null, world.play.space.l1 ? Math.min(stale, l1) : stale, 'got');
  });
}

/** Looks at what is cached of a row, and checks it. */
export async function peek<Value>(world: World<Value>, process: Process<Value>, row: History): Promise<void> {
  const floors = floorsOf(world, process, row);
  const peek = await process.space.peek(row.id, { tags: world.play.tags ?? [] });
  if (!('value' in peek)) return;
  const kind = peek.tier === 'l1' ? 'l1' : peek.status === 'fresh' ? 'fresh' : 'stale';
  check(row, peek.value, floors[kind], `peeked ${kind}`);
}

/** Loads outside of the cache, and fills if that may be; only of plays without tags. */
export async function reserve<Value>(world: World<Value>, process: Process<Value>, row: History): Promise<void> {
  const floors = floorsOf(world, process, row);
  const reservation = await process.space.reserve(row.id);
  if (reservation.kind === 'value') check(row, reservation.value, floors.stale, 'reserved');
  if (reservation.kind !== 'reserved') return;
  const value = await world.load(row).catch((error: unknown) => void passing(error));
  await reservation.fill(value);
}

function check(row: History, value: unknown, floor: number, how: string): void {
  if (row.has(value, floor)) return;
  throw new Error(`${JSON.stringify(value)} of ${row.id} is older than ${floor} (${how}); ${row.committed} is newest`);
}

function isRow(value: unknown): value is { version: number } {
  return typeof value === 'object' && value !== null && 'version' in value && typeof value.version === 'number';
}
