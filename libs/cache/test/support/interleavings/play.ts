import type { CacheOptions, Space, Tag } from '../../../src/index.js';

/** What changes a row, by what makes it known. */
const CHANGES = [
  'write',
  'write unversioned',
  'write many',
  'delete',
  'retire tag',
  'retire',
  'put',
  'expire',
] as const;
/** One of {@link CHANGES}. */
export type Change = (typeof CHANGES)[number];

/** How a strict write may end; of one that dies nobody ends the intents. */
const STRICT_WRITES = ['write strictly', 'roll back', 'die after commit', 'die before commit'] as const;
/** One of {@link STRICT_WRITES}. */
export type StrictWrite = (typeof STRICT_WRITES)[number];

/** What happens to changes that only their chain makes known, and to the store that it is applied to. */
const SOURCE_EVENTS = ['commit', 'relay stops', 'relay goes on', 'fail over', 'fail over far'] as const;
/** One of {@link SOURCE_EVENTS}. */
export type SourceEvent = (typeof SOURCE_EVENTS)[number];

/** What one of the processes, or the world around them, does. */
export type Action =
  | Change
  | StrictWrite
  | SourceEvent
  | 'read'
  | 'get'
  | 'read many'
  | 'get many'
  | 'peek'
  | 'reserve'
  | 'loads fail'
  | 'evict one'
  | 'evict all'
  | 'store refuses'
  | 'store refuses changes'
  | 'store loses answers'
  | 'store hangs'
  | 'store never answers'
  | 'store heals'
  | 'feed is cut'
  | 'feed is mute'
  | 'feed speaks';

/** What is read and written in every interleaving. */
export interface Play<Value> {
  readonly space: Space<Value>;
  /** What a row is at a version. */
  readonly encode: (version: number) => Value | null;
  /** What values are read under and invalidated by, beside their own keys. */
  readonly tags?: readonly Tag[];
  readonly actions: readonly Action[];
  readonly cache?: Partial<CacheOptions>;
  readonly numRuns: number;
}

/** What one after the other does: an action, by which process, on which row. */
export type Lane = readonly (readonly [Action, number, number])[];

/** Whether it changes a row. */
export function isChange(action: Action): action is Change {
  return CHANGES.some((change) => change === action);
}

/** Whether it concerns the chain. */
export function isSourceEvent(action: Action): action is SourceEvent {
  return SOURCE_EVENTS.some((each) => each === action);
}

/** Whether it is a strict write. */
export function isStrictWrite(action: Action): action is StrictWrite {
  return STRICT_WRITES.some((each) => each === action);
}
