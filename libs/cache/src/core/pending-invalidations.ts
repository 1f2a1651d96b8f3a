import { CacheError } from './errors.js';
import type { EntryInvalidation, Invalidation, Tag } from './invalidation.js';

/** Sends invalidations to the store; rejects when it has not applied them. */
type Send = (entries: readonly EntryInvalidation[], tags: readonly Tag[]) => Promise<void>;

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
 * old value. They are repeated until applied.
 */
export class PendingInvalidations {
  private readonly entries = new Map<string, Waiting>();
  private readonly tags = new Map<Tag, Waiting>();
  private timer: NodeJS.Timeout | null = null;
  private retryMs = FIRST_RETRY_MS;

  constructor(
    private readonly send: Send,
    private readonly limit: number,
  ) {}

  /** Whether anything waits that makes this key, or a value with these tags, unfit to be served. */
  covers(key: string, tags: readonly Tag[]): boolean {
    return this.entries.has(key) || (this.tags.size > 0 && tags.some((tag) => this.tags.has(tag)));
  }

  get size(): number {
    return this.entries.size + this.tags.size;
  }

  /** @throws {CacheError} `INVALIDATION_LOST` when the limit is reached; nothing of it is kept then */
  add({ entries, tags }: Invalidation, cause: unknown): void {
    if (this.size + entries.length + tags.length > this.limit) {
      throw new CacheError('INVALIDATION_LOST', `More than ${this.limit} invalidations wait for the store`, { cause });
    }
    for (const { key, version } of entries) this.entries.set(key, newest(this.entries.get(key), version));
    for (const tag of tags) this.tags.set(tag, { version: undefined });
    this.schedule();
  }

  /** Stops repeating; what still waits is dropped. */
  close(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
  }

  private schedule(): void {
    this.timer ??= setTimeout(() => void this.replay(), this.retryMs).unref();
  }

  private async replay(): Promise<void> {
    const entries = [...this.entries].slice(0, BATCH);
    const tags = [...this.tags].slice(0, BATCH);
    try {
      await this.send(
        entries.map(toInvalidation),
        tags.map(([tag]) => tag),
      );
      for (const [key, waiting] of entries) if (this.entries.get(key) === waiting) this.entries.delete(key);
      for (const [tag, waiting] of tags) if (this.tags.get(tag) === waiting) this.tags.delete(tag);
      this.retryMs = FIRST_RETRY_MS;
    } catch {
      this.retryMs = Math.min(this.retryMs * 2, MAX_RETRY_MS);
    }
    if (this.timer === null) return; // closed meanwhile
    this.timer = null;
    if (this.size > 0) this.schedule();
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
