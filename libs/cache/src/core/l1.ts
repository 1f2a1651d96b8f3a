import { LRUCache } from 'lru-cache';
import { deepFreeze } from './deep-freeze.js';
import type { CacheListener } from './events.js';
import { keyPart } from './key.js';
import type { L1Limits, Space } from './space.js';
import type { StoreClock } from './store-clock.js';
import type { FeedListener } from './store.js';

/** What the tier is given. Instants are of `performance.now()`. */
export interface Keepable<Value> {
  readonly value: Value | null;
  readonly version: number;
  /** When it was zero milliseconds old. */
  readonly loadedAtMs: number;
  readonly servedUntilMs: number;
  readonly bytes: number;
}

/** An entry in the process. A class, because the engine reads the fields of objects that were spread together slowly. */
export class Held<Value> implements Keepable<Value> {
  /** Handed to every reader alike. */
  readonly promise: Promise<Value | null>;
  readonly value: Value | null;
  readonly servedUntilMs: number;
  readonly loadedAtMs: number;
  readonly version: number;
  readonly bytes: number;

  constructor({ value, version, loadedAtMs, servedUntilMs, bytes }: Keepable<Value>) {
    this.promise = Promise.resolve(value);
    this.value = value;
    this.servedUntilMs = servedUntilMs;
    this.loadedAtMs = loadedAtMs;
    this.version = version;
    this.bytes = bytes;
  }
}

/** What the process knew of a key's invalidations when a read of it began. */
export type Epoch = number;

/** Keys that share an epoch cost each other a promotion now and then, never freshness. */
const EPOCHS = 4_096;
const OVERHEAD_BYTES = 200;
/** What the part of a hashed id begins with: an id that looks like one must not meet it. */
const HASH = '#'.charCodeAt(0);

/**
 * The entries of one space within the process, bounded in number and bytes; values are frozen, because all readers share them.
 *
 * An entry is served only while the feed of invalidations vouches for it: a reading is at most `maxStalenessMs` behind
 * what had been invalidated. A read that needs a certificate is served only while one that is young enough has been heard: the feed
 * brings it after everything that it stands for. What was read from the store is kept only if no invalidation was heard since that read
 * began; otherwise the old value could arrive after its own invalidation.
 */
export class L1<Value> implements FeedListener {
  private readonly slots: LRUCache<string, Held<Value>>;
  private readonly epochs = new Uint32Array(EPOCHS);
  private caughtUpAtMs = -Infinity;
  private certifiedAsOfMs = -Infinity;
  private on = false;

  constructor(
    private readonly space: Pick<Space<Value>, 'name' | 'prefix' | 'generation' | 'demand'>,
    private readonly limits: Required<L1Limits>,
    private readonly emit: CacheListener,
    private readonly storeClock: StoreClock,
  ) {
    this.slots = new LRUCache({
      max: limits.maxEntries,
      maxSize: limits.maxBytes,
      sizeCalculation: ({ bytes }) => bytes + OVERHEAD_BYTES,
    });
  }

  /** The entry of an id if it may be served now, with a certificate no older than `withinMs` milliseconds. Any text may be asked for. */
  get(id: string, withinMs = this.space.demand.withinMs): Held<Value> | undefined {
    if (!this.on || !this.isCertified(withinMs)) return undefined;
    const nowMs = performance.now();
    if (this.isSilent(nowMs)) {
      this.lost();
      return undefined;
    }
    const held = this.find(id);
    return held !== undefined && nowMs < held.servedUntilMs ? held : undefined;
  }

  /** Whether entries are served and kept now. */
  get isOn(): boolean {
    if (this.on && this.isSilent(performance.now())) this.lost();
    return this.on;
  }

  /** To be taken before a read of the store begins, and given back to {@link keep}. */
  epochOf(key: string): Epoch {
    return Atomics.load(this.epochs, slotOf(key));
  }

  /** Keeps what a read that began at `epoch` found, unless something was invalidated since, or a newer one is there. */
  keep(key: string, entry: Keepable<Value>, epoch: Epoch): void {
    const current = this.isOn && this.epochOf(key) === epoch && !this.hasNewer(key, entry.version);
    this.emit({ type: 'promotion', space: this.space.name, result: current ? 'kept' : 'refused' });
    if (!current) return;
    deepFreeze(entry.value);
    this.slots.set(this.partOf(key), new Held(entry));
  }

  readonly heard = (key: string): void => {
    if (key === this.space.generation) {
      this.forgetAll();
    } else if (key.startsWith(this.space.prefix)) {
      Atomics.add(this.epochs, slotOf(key), 1);
      this.slots.delete(this.partOf(key));
    }
  };

  readonly caughtUp = (atMs: number): void => {
    this.caughtUpAtMs = Math.max(this.caughtUpAtMs, atMs);
    if (this.on || this.isSilent(performance.now())) return;
    this.forgetAll(); // reads that began while nothing was heard may be keeping what was invalidated meanwhile
    this.turn('on');
  };

  readonly certified = (asOfMs: number): void => {
    this.certifiedAsOfMs = asOfMs;
  };

  readonly lost = (): void => {
    this.caughtUpAtMs = -Infinity;
    this.certifiedAsOfMs = -Infinity;
    this.forgetAll();
    if (this.on) this.turn('off');
  };

  private isCertified(withinMs: number): boolean {
    if (withinMs === Infinity) return true;
    return this.storeClock.isKnown && this.storeClock.now() - this.certifiedAsOfMs <= withinMs;
  }

  private isSilent(nowMs: number): boolean {
    return nowMs - this.caughtUpAtMs > this.limits.maxStalenessMs;
  }

  private find(id: string): Held<Value> | undefined {
    return this.slots.get(id.charCodeAt(0) === HASH ? keyPart(id) : id) ?? this.getHashed(id);
  }

  private getHashed(id: string): Held<Value> | undefined {
    const part = id === '' ? id : keyPart(id);
    return part === id ? undefined : this.slots.get(part);
  }

  /** What was read first may arrive last. */
  private hasNewer(key: string, version: number): boolean {
    const held = this.slots.peek(this.partOf(key));
    return held !== undefined && held.version > version && performance.now() < held.servedUntilMs;
  }

  private forgetAll(): void {
    for (let slot = 0; slot < EPOCHS; slot++) Atomics.add(this.epochs, slot, 1);
    this.slots.clear();
  }

  private partOf(key: string): string {
    return key.slice(this.space.prefix.length);
  }

  private turn(state: 'on' | 'off'): void {
    this.on = state === 'on';
    this.emit({ type: 'l1', space: this.space.name, state });
  }
}

/** FNV-1a. */
function slotOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  return (hash >>> 0) % EPOCHS;
}
