import { CacheError } from './errors.js';
import type { EntryInvalidation, Invalidation, Tag } from './invalidation.js';
import { generationOf } from './key.js';

/** Sends invalidations to the store; rejects when it has not applied them. */
type Send = (invalidation: Invalidation) => Promise<void>;

export interface PendingOptions {
  /** Invalidations that may wait, at most; beyond, the spaces of those that wait are retired as a whole. 0: none may wait. */
  readonly limit: number;
  readonly send: Send;
  /** Told that a space is to be retired because too many of its invalidations wait. */
  readonly onOverflow: (generation: Tag) => void;
}

const FIRST_RETRY_MS = 50;
const MAX_RETRY_MS = 200;
const BATCH = 500;

/** Its identity tells one wait from the next, so that an invalidation that arrives while another is sent is not forgotten with it. */
interface Waiting {
  readonly version: number | undefined;
}

/**
 * Invalidations that the store has not applied yet, one per key at its newest version.
 *
 * While one waits, this process does not serve its key or tag from the store: the store may come back with the
 * old value. They are repeated until applied. When too many wait, retiring their space takes the place of all of them.
 */
export class PendingInvalidations {
  private readonly entries = new Map<string, Waiting>();
  private readonly tags = new Map<Tag, Waiting>();
  private timer: NodeJS.Timeout | null = null;
  private retryMs = FIRST_RETRY_MS;
  private gaveUp = false;

  constructor(private readonly options: PendingOptions) {}

  /** Whether anything waits that makes this key, or a value with these tags, unfit to be served. */
  covers(key: string, tags: readonly Tag[]): boolean {
    if (this.size === 0) return false;
    return this.entries.has(key) || (this.tags.size > 0 && tags.some((tag) => this.tags.has(tag)));
  }

  get size(): number {
    return this.entries.size + this.tags.size;
  }

  /** @throws {CacheError} `INVALIDATION_LOST` when none may wait, or too many tags do; nothing of it is kept then */
  add({ entries, tags }: Invalidation, cause: unknown): void {
    const { limit } = this.options;
    const allTags = this.tags.size + tags.length;
    if (limit === 0 || allTags > limit) {
      throw new CacheError('INVALIDATION_LOST', `More than ${limit} invalidations wait for the store`, { cause });
    }
    for (const tag of tags) this.tags.set(tag, { version: undefined });
    for (const entry of entries) this.addEntry(entry);
    if (this.size > limit) this.retireSpaces();
    this.schedule();
  }

  /** Stops repeating, after one last try of all that waits: it ends when nothing does, a batch fails, or it is given up. */
  async close(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    while (this.size > 0 && !this.gaveUp && (await this.replay()));
  }

  /** Ends what {@link close} has begun. What still waits is lost, though this process goes on serving nothing of it: how much. */
  giveUp(): { readonly entries: number; readonly tags: number } {
    this.gaveUp = true;
    return { entries: this.entries.size, tags: this.tags.size };
  }

  private addEntry({ key, version }: EntryInvalidation): void {
    const generation = generationOf(key);
    // Its whole space is to be retired: once more, because that may be under way already.
    if (this.tags.has(generation)) this.tags.set(generation, { version: undefined });
    else this.entries.set(key, newest(this.entries.get(key), version));
  }

  private retireSpaces(): void {
    for (const generation of new Set([...this.entries.keys()].map(generationOf))) {
      this.tags.set(generation, { version: undefined });
      this.options.onOverflow(generation);
    }
    this.entries.clear();
  }

  private schedule(): void {
    this.timer ??= setTimeout(() => void this.retry(), this.retryMs).unref();
  }

  private async retry(): Promise<void> {
    const applied = await this.replay();
    this.retryMs = applied ? FIRST_RETRY_MS : Math.min(this.retryMs * 2, MAX_RETRY_MS);
    if (this.timer === null) return; // closed meanwhile
    this.timer = null;
    if (this.size > 0) this.schedule();
  }

  private async replay(): Promise<boolean> {
    const entries = [...this.entries].slice(0, BATCH);
    const tags = [...this.tags].slice(0, BATCH);
    try {
      await this.options.send({ entries: entries.map(toInvalidation), tags: tags.map(([tag]) => tag) });
    } catch {
      return false;
    }
    for (const [key, waiting] of entries) if (this.entries.get(key) === waiting) this.entries.delete(key);
    for (const [tag, waiting] of tags) if (this.tags.get(tag) === waiting) this.tags.delete(tag);
    return true;
  }
}

function toInvalidation([key, { version }]: [string, Waiting]): EntryInvalidation {
  return version === undefined ? { key } : { key, version };
}

/** An invalidation without a version covers every version. */
function newest(known: Waiting | undefined, version: number | undefined): Waiting {
  if (!known || version === undefined) return { version };
  return { version: known.version === undefined ? undefined : Math.max(known.version, version) };
}
