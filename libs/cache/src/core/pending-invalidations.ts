import { CacheError, StoreRefusal } from './errors.js';
import type { EntryInvalidation, Invalidation, Tag } from './invalidation.js';
import { generationOf } from './key.js';

/** Sends invalidations to the store; rejects when it has not applied them. */
type Send = (invalidation: Invalidation) => Promise<void>;

export interface PendingOptions {
  /** Invalidations that may wait, at most; beyond, the spaces of those that wait are retired as a whole. 0: none may wait. */
  readonly limit: number;
  readonly send: Send;
  /** Told what the store has applied at last, once that does not wait any more. */
  readonly onApplied: (invalidation: Invalidation) => void;
  /** Told that a space is to be retired because too many of its invalidations wait. */
  readonly onOverflow: (generation: Tag) => void;
}

const FIRST_RETRY_MS = 50;
const MAX_RETRY_MS = 200;
const BATCH = 500;
/** As often as a batch can be halved: then the store has refused one alone. */
const MAX_REFUSALS = 10;

/** Its identity tells one wait from the next, so that an invalidation that arrives while another is sent is not forgotten with it. */
interface Waiting {
  readonly kind: 'entry' | 'tag';
  readonly version: number | undefined;
}

type Named = readonly [name: string, waiting: Waiting];

/**
 * Invalidations that the store has not applied yet, one per key at its newest version.
 *
 * While one waits, this process does not serve its key or tag from the store: the store may come back with the
 * old value. They are repeated until applied. When too many wait, retiring their space takes the place of all of them.
 */
export class PendingInvalidations {
  /** By key or tag, in the order in which they are tried. */
  private readonly waiting = new Map<string, Waiting>();
  private tags = 0;
  private timer: NodeJS.Timeout | null = null;
  private retryMs = FIRST_RETRY_MS;
  private batch = BATCH;
  private gaveUp = false;

  constructor(private readonly options: PendingOptions) {}

  /** Whether anything waits that makes this key, or a value with these tags, unfit to be served. */
  covers(key: string, tags: readonly Tag[]): boolean {
    if (this.size === 0) return false;
    return this.waiting.has(key) || (this.tags > 0 && tags.some((tag) => this.waiting.has(tag)));
  }

  get size(): number {
    return this.waiting.size;
  }

  /** @throws {CacheError} `INVALIDATION_LOST` when none may wait, or too many tags do; nothing of it is kept then */
  add({ entries, tags }: Invalidation, cause: unknown): void {
    const { limit } = this.options;
    const unknown = tags.filter((tag) => !this.waiting.has(tag));
    if (limit === 0 || this.tags + unknown.length > limit) {
      throw new CacheError('INVALIDATION_LOST', `More than ${limit} invalidations wait for the store`, { cause });
    }
    for (const tag of tags) this.addTag(tag);
    for (const entry of entries) this.addEntry(entry);
    if (this.size > limit) this.retireSpaces();
    this.schedule();
  }

  /** Stops repeating, after one last try of all that waits: it ends when nothing does, the store is away, or it is given up. */
  async close(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    await this.replayWhile(() => !this.gaveUp);
  }

  /** Ends what {@link close} has begun. What still waits is lost, though this process goes on serving nothing of it: how much. */
  giveUp(): { readonly entries: number; readonly tags: number } {
    this.gaveUp = true;
    return { entries: this.size - this.tags, tags: this.tags };
  }

  private addTag(tag: Tag): void {
    if (!this.waiting.has(tag)) this.tags += 1;
    this.waiting.set(tag, { kind: 'tag', version: undefined });
  }

  private addEntry({ key, version }: EntryInvalidation): void {
    const generation = generationOf(key);
    // Its whole space is to be retired: once more, because that may be under way already.
    if (this.waiting.has(generation)) this.addTag(generation);
    else this.waiting.set(key, newest(this.waiting.get(key), version));
  }

  private retireSpaces(): void {
    const keys = [...this.waiting].flatMap(([name, { kind }]) => (kind === 'entry' ? [name] : []));
    for (const key of keys) this.waiting.delete(key);
    for (const generation of new Set(keys.map(generationOf))) {
      this.addTag(generation);
      this.options.onOverflow(generation);
    }
  }

  private schedule(): void {
    this.timer ??= setTimeout(() => void this.retry(), this.retryMs).unref();
  }

  private async retry(): Promise<void> {
    const applied = await this.replayWhile(() => this.timer !== null);
    this.retryMs = applied ? FIRST_RETRY_MS : Math.min(this.retryMs * 2, MAX_RETRY_MS);
    if (this.timer === null) return; // closed meanwhile
    this.timer = null;
    if (this.size > 0) this.schedule();
  }

  /** Goes on until nothing waits, or there is no point in it now; whether anything was applied. */
  private async replayWhile(goesOn: () => boolean): Promise<boolean> {
    let isAnyApplied = false;
    for (let refusals = 0; this.size > 0 && refusals <= MAX_REFUSALS && goesOn();) {
      const outcome = await this.replay();
      if (outcome === 'unreachable') break;
      isAnyApplied ||= outcome === 'applied';
      refusals = outcome === 'applied' ? 0 : refusals + 1;
    }
    return isAnyApplied;
  }

  /**
   * A batch that was not applied goes to the back, and the next one is half as long: one that the store always refuses, or
   * takes too long over so many, must not hold up the others.
   */
  private async replay(): Promise<'applied' | 'refused' | 'unreachable'> {
    const batch = [...take(this.waiting, this.batch)];
    const invalidation = invalidationOf(batch);
    try {
      await this.options.send(invalidation);
    } catch (error) {
      this.batch = Math.max(1, Math.floor(batch.length / 2));
      for (const [name, waiting] of this.stillWaiting(batch)) {
        this.waiting.delete(name);
        this.waiting.set(name, waiting);
      }
      return error instanceof StoreRefusal ? 'refused' : 'unreachable';
    }
    this.batch = Math.min(BATCH, this.batch * 2);
    for (const [name, { kind }] of this.stillWaiting(batch)) {
      this.waiting.delete(name);
      if (kind === 'tag') this.tags -= 1;
    }
    this.options.onApplied(invalidation);
    return 'applied';
  }

  /** Those that no later invalidation has taken the place of. */
  private stillWaiting(batch: readonly Named[]): readonly Named[] {
    return batch.filter(([name, waiting]) => this.waiting.get(name) === waiting);
  }
}

function* take<Item>(items: Iterable<Item>, count: number): Generator<Item> {
  let left = count;
  for (const item of items) {
    if (left-- === 0) return;
    yield item;
  }
}

function invalidationOf(batch: readonly Named[]): Invalidation {
  return {
    entries: batch.flatMap(([key, { kind, version }]) => {
      if (kind === 'tag') return [];
      return version === undefined ? { key } : { key, version };
    }),
    tags: batch.flatMap(([name, { kind }]) => (kind === 'tag' ? [name as Tag] : [])),
  };
}

/** An invalidation without a version covers every version. */
function newest(known: Waiting | undefined, version: number | undefined): Waiting {
  if (!known || version === undefined) return { kind: 'entry', version };
  const newer = known.version === undefined ? undefined : Math.max(known.version, version);
  return { kind: 'entry', version: newer };
}
