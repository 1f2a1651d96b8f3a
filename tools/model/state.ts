import type { Entry } from './protocol.js';

/** What the key holds. `lasting`: it has no TTL, so that nothing but a command takes it away. */
export interface Slot {
  readonly entry: Entry;
  readonly lasting: boolean;
}

/**
 * One Redis, as far as the key is concerned. `tag`: the value that a payload must begin with to be served; that of the space's generation, or of the
 * tag of a list. `at`: the number up to which the chain is applied. `certificate`: everything that was committed up to this number
 * is applied. `null`: absent.
 */
export interface Node {
  readonly slot: Slot | null;
  readonly tag: number | null;
  readonly at: number | null;
  readonly certificate: number | null;
}

/**
 * A read that found nothing, up to its late fill. `asking`: its LEASE is under way. `granted`: it loads. `loaded`: its FILL is under
 * way, for ever. `over`: it has given up, or had its answer; what it sent may still arrive.
 */
export interface Filler {
  readonly phase: 'idle' | 'asking' | 'granted' | 'loaded' | 'over';
  /** The stamp of what it fills: the tag when it looked. */
  readonly stamp: number;
  /** Whether it would replace a value that may be served meanwhile. */
  readonly over: boolean;
  /** The row that it has loaded; 0: none yet. */
  readonly row: number;
  /** The floor that its lease was granted with. */
  readonly floor: number;
  /** What the reads that share its load must not be older than. */
  readonly owed: number;
  /** The certificate that it saw when it looked; 0: none. */
  readonly certificate: number;
  /** What its transaction sees, if it loads in one that was open before it looked; 0: it does not. */
  readonly snapshot: number;
}

/**
 * A write of the row. `open`: its transaction has changed the row. `intended`: its intent was placed. `committed`, then `cleared`:
 * its invalidation was applied at least once, then `acknowledged` to the caller; or `aborted`.
 */
export interface Write {
  readonly phase: 'open' | 'intended' | 'committed' | 'half-cleared' | 'cleared' | 'acknowledged' | 'aborted';
  /** Of the row that it has committed; 0: it has not. */
  readonly version: number;
}

/** A batch of the relay that ends at the change `upTo`. `isWhole`: nothing more was committed when it was made, so it certifies. */
export interface Batch {
  readonly upTo: number;
  readonly isWhole: boolean;
}

/** One process's own tier, and what it is yet to hear: `invalidated`, or a certificate's number. 0: none. */
export interface Tier {
  readonly isOn: boolean;
  readonly held: number;
  readonly certified: number;
  /** What a read has found in the store and not kept yet; `isCurrent`: nothing was heard since it began. */
  readonly found: { readonly row: number; readonly isCurrent: boolean } | null;
  readonly feed: readonly (number | 'invalidated')[];
}

/** The whole world of one row. Versions count commits from 1, and are the instants of the model. */
export interface State {
  /** The newest committed version. */
  readonly committed: number;
  readonly primary: Node;
  readonly replica: Node | null;
  readonly fillers: readonly Filler[];
  readonly writes: readonly Write[];
  /** What the relay has numbered, in order; the first stands for what was there before. */
  readonly log: readonly Batch[];
  readonly tier: Tier | null;
}

/** The row that everything begins with. */
export const FIRST = 1;

export const IDLE: Filler = {
  phase: 'idle',
  stamp: 0,
  over: false,
  row: 0,
  floor: 0,
  owed: 0,
  certificate: 0,
  snapshot: 0,
};

export const SILENT: Tier = { isOn: false, held: 0, certified: 0, found: null, feed: [] };

/** The entry of a node's key. */
export function entryOf({ slot }: Node): Entry | null {
  return slot?.entry ?? null;
}

/** The newest version whose write was acknowledged. */
export function acknowledged({ writes }: State): number {
  return writes.reduce(
    (newest, { phase, version }) => (phase === 'acknowledged' ? Math.max(newest, version) : newest),
    FIRST,
  );
}

/** `list` with another element at a place. */
export function replaced<Each>(list: readonly Each[], index: number, each: Each): readonly Each[] {
  return list.with(index, each);
}
