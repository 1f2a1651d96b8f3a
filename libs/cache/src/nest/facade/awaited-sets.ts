import { LRUCache } from 'lru-cache';
import type { Reservation } from '../../core/reserver.js';

/** The right to store what is loaded, which a `get` that missed got; `null`: none. */
export type Fill<Value> = Extract<Reservation<Value>, { readonly kind: 'reserved' }>['fill'] | null;

interface Awaited<Value> {
  /** When each `get` began that no `set` has followed yet, as far as can be told: of several, the newest. */
  readonly getsMs: number[];
  fill: Fill<Value>;
  /** A `set` that comes earlier may follow a `get` that is older than the reservation. */
  usableFromMs: number;
  /** Settled when it is known whether there is a reservation; `null`: nobody asks for one. */
  asking: Promise<void> | null;
  answered: () => void;
}

/**
 * What a `set` may do. `fill`: store under the reservation of its `get`. `yield`: somebody else loads the same and stores.
 * `doubt`: the set that a `get` was to be followed by has come already, so this one or that one is of something else, and
 * either may be what was loaded before the other was committed. `write`: no `get` is near.
 */
export type Turn<Value> =
  { readonly kind: 'fill'; readonly fill: NonNullable<Fill<Value>> } | { readonly kind: 'yield' | 'doubt' | 'write' };

const MAX_KEYS = 100_000;

/**
 * The sets of this process that are still to follow a `get` which missed, by key.
 *
 * Which `get` a `set` belongs to cannot be told. So a reservation is used only by a `set` whose `get` cannot be older
 * than it: every one, if no other `set` was awaited when it was made and all later gets wait until it is; otherwise one
 * that comes so late that no older one is awaited any more.
 */
export class AwaitedSets<Value> {
  private readonly byKey: LRUCache<string, Awaited<Value>>;
  /** The keys that a set was awaited for and has come, until that of the same `get` could not come any more. */
  private readonly answered: LRUCache<string, true>;

  /** A `set` that comes more than `withinMs` milliseconds after its `get` is not awaited any more. */
  constructor(
    private readonly withinMs: number,
    private readonly nowMs: () => number = () => performance.now(),
  ) {
    const options = { max: MAX_KEYS, ttl: withinMs, ttlResolution: 0, perf: { now: nowMs } };
    this.answered = new LRUCache(options);
    this.byKey = new LRUCache({
      ...options,
      dispose: ({ answered }) => {
        answered();
      },
    });
  }

  /** Notes that a `get` begins. `null`: it has to ask for a reservation, and say what came of it; otherwise what it has to wait for. */
  begin(key: string): Promise<void> | null {
    const known = this.live(key);
    const awaited = known ?? { getsMs: [], fill: null, usableFromMs: 0, asking: null, answered: () => undefined };
    awaited.getsMs.push(this.nowMs());
    this.byKey.set(key, awaited);
    if (awaited.asking || awaited.fill) return awaited.asking ?? Promise.resolve();
    awaited.usableFromMs = known ? Infinity : 0;
    awaited.asking = new Promise((resolve) => (awaited.answered = resolve));
    return null;
  }

  /** Notes what came of asking. */
  reserved(key: string, fill: Fill<Value>): void {
    const known = this.byKey.get(key);
    if (!known) return;
    known.fill = fill;
    if (known.usableFromMs > 0) known.usableFromMs = this.nowMs() + this.withinMs;
    known.asking = null;
    known.answered();
  }

  /** Notes that a `get` needs no `set`. */
  end(key: string): void {
    const known = this.live(key);
    known?.getsMs.shift();
    if (known?.getsMs.length === 0) this.byKey.delete(key);
  }

  /** What a `set` that comes now may do. */
  take(key: string): Turn<Value> {
    const known = this.live(key);
    if (!known) return { kind: this.answered.has(key) ? 'doubt' : 'write' };
    const [getMs = 0] = known.getsMs;
    this.answered.set(key, true, { ttl: getMs + this.withinMs - this.nowMs() });
    this.end(key);
    const { fill, usableFromMs } = known;
    if (!fill || this.nowMs() < usableFromMs) return { kind: 'yield' };
    known.fill = null;
    return { kind: 'fill', fill };
  }

  private live(key: string): Awaited<Value> | undefined {
    const known = this.byKey.get(key);
    const fromMs = this.nowMs() - this.withinMs;
    while (known?.getsMs[0] !== undefined && known.getsMs[0] <= fromMs) known.getsMs.shift();
    return known && known.getsMs.length > 0 ? known : undefined;
  }
}
