import { FAULTS, type FaultName, type Lane } from './faults.js';
import { randomOf, type Random } from './random.js';

/** A fault and when it lasts, in milliseconds since the row began. */
export interface PlannedFault {
  readonly fault: FaultName;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface ScheduleOptions {
  readonly seed: number;
  readonly faults: readonly FaultName[];
  /** How long readers and writers run, > 0. */
  readonly durationMs: number;
}

/**
 * By itself a promotion begins here and comes after the last write, so that no later event repairs what it has lost.
 * In shares of the time.
 */
const ALONE = { from: 0.3, to: 1.05 };

/** How much of the time passes before the first fault, and after the last one. */
const CALM_SHARE = 0.06;
/** A fault has at least so long to itself, with what follows it, when the time is enough for more than one round. */
const LONG_SLOT_MS = 2_500;

/**
 * Which fault comes when: each at least once, however short the time, in an order and of a length that follow from the seed
 * alone. A fault of the store and one of the events' path may overlap; two of a kind never do. Sorted by `fromMs`.
 */
export function scheduleOf({ seed, faults, durationMs }: ScheduleOptions): PlannedFault[] {
  if (faults.length === 1 && faults[0] === 'promotion') {
    return [{ fault: 'promotion', fromMs: ALONE.from * durationMs, toMs: ALONE.to * durationMs }];
  }
  const random = randomOf(seed);
  const lanes = (['store', 'path'] satisfies Lane[]).map((lane) => faults.filter((name) => FAULTS[name].lane === lane));
  const planned = lanes.flatMap((names) => laneOf(names, durationMs, random));
  return planned.sort((one, other) => one.fromMs - other.fromMs || one.fault.localeCompare(other.fault));
}

function laneOf(names: readonly FaultName[], durationMs: number, random: Random): PlannedFault[] {
  if (names.length === 0) return [];
  const calmMs = durationMs * CALM_SHARE;
  const roomMs = durationMs - 2 * calmMs;
  const rounds = Math.max(1, Math.floor(roomMs / (names.length * LONG_SLOT_MS)));
  const slotMs = roomMs / (names.length * rounds);
  const order = Array.from({ length: rounds }, () => lingeringLast(random.shuffle(names))).flat();
  return order.map((fault, index) => {
    const lengthMs = slotMs * (0.3 + 0.2 * random.next());
    const fromMs = calmMs + index * slotMs + (slotMs * 0.6 - lengthMs) * random.next();
    return { fault, fromMs: Math.round(fromMs), toMs: Math.round(fromMs + lengthMs) };
  });
}

/** What is broken beyond a fault's end would hide what the next ones do. */
function lingeringLast(names: readonly FaultName[]): FaultName[] {
  const lingers = (name: FaultName): boolean => FAULTS[name].lingers === true;
  return [...names.filter((name) => !lingers(name)), ...names.filter(lingers)];
}
