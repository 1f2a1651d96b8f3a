import { CacheError, PartlyApplied, StoreRefusal } from './errors.js';
import type { Invalidation, Tag } from './invalidation.js';
import { invalidationOf, WaitingQueue, type Named } from './waiting-queue.js';

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
/** In a row; as often as a batch can be halved, so that then the store has been asked for one alone. */
const MAX_FAILURES = 10;

/** What came of sending a batch. */
type Outcome = 'applied' | 'refused' | 'unreachable';

interface Failure {
  readonly cause: unknown;
}

/**
 * Invalidations that the store has not applied yet, one per key at its newest version.
 *
 * While one waits, this process does not serve its key or tag from the store: the store may come back with the
 * old value. They are repeated until applied. When too many wait, retiring their space takes the place of all of them.
 */
export class PendingInvalidations {
  private readonly queue = new WaitingQueue();
  private timer: NodeJS.Timeout | null = null;
  private retryMs = FIRST_RETRY_MS;
  private batch = BATCH;
  /** What is being sent now. */
  private running: Promise<boolean> | null = null;
  private isClosing = false;
  private gaveUp = false;

  constructor(private readonly options: PendingOptions) {}

  /** Whether anything waits that makes this key, or a value with these tags, unfit to be served. */
  covers(key: string, tags: readonly Tag[]): boolean {
    if (this.size === 0) return false;
    return this.queue.has(key) || (this.queue.tags > 0 && tags.some((tag) => this.queue.has(tag)));
  }

  get size(): number {
    return this.queue.size;
  }

  /** @throws {CacheError} `INVALIDATION_LOST` when none may wait, or too many tags do; nothing of it is kept then */
  add({ entries, tags }: Invalidation, cause: unknown): void {
    const { limit, onOverflow } = this.options;
    const unknown = tags.filter((tag) => !this.queue.has(tag));
    if (limit === 0 || this.queue.tags + unknown.length > limit) {
      throw new CacheError('INVALIDATION_LOST', `More than ${limit} invalidations wait for the store`, { cause });
    }
    for (const tag of tags) this.queue.addTag(tag);
    for (const entry of entries) this.queue.addEntry(entry);
    if (this.size > limit) for (const generation of this.queue.retireSpaces()) onOverflow(generation);
    this.schedule();
  }

  /** Stops repeating, after one last try of all that waits: it ends when nothing does, the store does nothing of it, or it is given up. */
  async close(): Promise<void> {
    this.isClosing = true;
    this.unschedule();
    if (this.running) await this.running;
    await this.replayWhile(() => !this.gaveUp, MAX_FAILURES);
    this.isClosing = false;
  }

  /** Ends what {@link close} has begun. What still waits is lost, though this process goes on serving nothing of it: how much. */
  giveUp(): { readonly entries: number; readonly tags: number } {
    this.gaveUp = true;
    this.unschedule();
    const { size, tags } = this.queue;
    return { entries: size - tags, tags };
  }

  private schedule(): void {
    if (!this.isClosing) this.timer ??= setTimeout(() => void this.retry(), this.retryMs).unref();
  }

  private unschedule(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
  }

  private async retry(): Promise<void> {
    this.running = this.replayWhile(() => !this.isClosing, 0);
    const isAnyApplied = await this.running;
    this.running = null;
    this.timer = null;
    this.retryMs = isAnyApplied ? FIRST_RETRY_MS : Math.min(this.retryMs * 2, MAX_RETRY_MS);
    if (this.size > 0) this.schedule();
  }

  /**
   * Goes on until nothing waits, or there is no point in it now; whether anything was applied.
   * @param patience how many failures in a row to a store that may be away are too few to end it
   */
  private async replayWhile(goesOn: () => boolean, patience: number): Promise<boolean> {
    let isAnyApplied = false;
    for (let failures = 0; this.size > 0 && failures <= MAX_FAILURES && goesOn();) {
      const outcome = await this.replay();
      failures = outcome === 'applied' ? 0 : failures + 1;
      isAnyApplied ||= outcome === 'applied';
      if (outcome === 'unreachable' && failures > patience) break;
    }
    return isAnyApplied;
  }

  /**
   * What was not applied goes to the back, and if that was all, the next batch is half as long: one that the store always
   * refuses, or takes too long over so many, must not hold up the others.
   */
  private async replay(): Promise<Outcome> {
    const batch = this.queue.front(this.batch);
    const failure = await this.send(batch);
    const left = failure?.cause instanceof PartlyApplied ? namesOf(failure.cause.left) : null;
    const isApplied = ([name]: Named): boolean => failure === null || left?.has(name) === false;
    const applied = this.queue.remove(batch.filter(isApplied));
    this.queue.putBack(batch.filter((each) => !isApplied(each)));
    if (applied.length > 0 && !this.gaveUp) this.options.onApplied(invalidationOf(applied));
    if (left !== null) return 'applied';
    this.batch = failure === null ? Math.min(BATCH, this.batch * 2) : Math.max(1, Math.floor(batch.length / 2));
    return outcomeOf(failure);
  }

  /** Why not all of it was applied; `null` if it was. */
  private async send(batch: readonly Named[]): Promise<Failure | null> {
    try {
      await this.options.send(invalidationOf(batch));
      return null;
    } catch (cause) {
      return { cause };
    }
  }
}

function outcomeOf(failure: Failure | null): Outcome {
  if (failure === null) return 'applied';
  return failure.cause instanceof StoreRefusal ? 'refused' : 'unreachable';
}

function namesOf({ entries, tags }: Invalidation): ReadonlySet<string> {
  return new Set<string>([...entries.map(({ key }) => key), ...tags]);
}
