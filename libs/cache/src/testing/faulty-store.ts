import { systemClock } from '../core/clock.js';
import type { Clock } from '../core/clock.js';
import type { FeedListener, Store } from '../core/store.js';

/** The name of one of a store's methods that answer. */
export type StoreOperation = Exclude<keyof Store, 'listen'>;

/**
 * What befalls an operation. `refuse`: it rejects at once, and nothing is done. `hang`: nothing is done, and nobody
 * answers. `slowMs`: it is done, so many milliseconds late. `lose-answer`: it is done, and rejects all the same.
 * `never-answer`: it is done, and nobody answers.
 */
export type StoreFault = 'refuse' | 'hang' | 'lose-answer' | 'never-answer' | { readonly slowMs: number };

/** Which operations a fault befalls; every one, for ever, unless said otherwise. */
export interface FaultScope {
  /** Only these. */
  readonly only?: readonly StoreOperation[];
  /** The next so many of them, > 0. */
  readonly times?: number;
}

/** What a {@link FaultyStore} rejects with. */
export class StoreFailure extends Error {
  override readonly name = 'StoreFailure';
}

/** Somebody who listens; `stop` `null` while the feed is cut. */
interface Subscription {
  readonly service: string;
  readonly listener: FeedListener;
  stop: (() => void) | null;
}

interface ActiveFault {
  readonly fault: StoreFault;
  readonly only: readonly StoreOperation[] | null;
  left: number;
}

/** A store with the faults that a test sets; without any it is the store it wraps. `slow` waits by `clock`, the machine's unless given. */
export class FaultyStore implements Store {
  private faults: ActiveFault[] = [];
  private feedIsCut = false;
  private readonly subscriptions = new Set<Subscription>();
  private readonly counts = new Map<StoreOperation, number>();

  constructor(
    private readonly store: Store,
    private readonly clock: Pick<Clock, 'sleep'> = systemClock,
  ) {}

  /** From now on `fault` befalls what is in `scope`; of several faults that fit, the one set last. */
  fail(fault: StoreFault, { only, times = Infinity }: FaultScope = {}): void {
    this.faults.unshift({ fault, only: only ?? null, left: times });
  }

  /** From now on nobody hears of invalidations: who listens is told that it has {@link FeedListener.lost} the feed. */
  cutFeed(): void {
    this.feedIsCut = true;
    for (const subscription of this.subscriptions) {
      subscription.stop?.();
      subscription.stop = null;
      subscription.listener.lost();
    }
  }

  /** Ends all faults. What hangs, hangs for ever; who listened, listens again. */
  heal(): void {
    this.faults = [];
    this.feedIsCut = false;
    for (const subscription of this.subscriptions) this.connect(subscription);
  }

  /** How often `operation` was asked for, faults included. */
  count(operation: StoreOperation): number {
    return this.counts.get(operation) ?? 0;
  }

  look(...args: Parameters<Store['look']>): ReturnType<Store['look']> {
    return this.pass('look', () => this.store.look(...args));
  }

  currentTags(...args: Parameters<Store['currentTags']>): ReturnType<Store['currentTags']> {
    return this.pass('currentTags', () => this.store.currentTags(...args));
  }

  lease(...args: Parameters<Store['lease']>): ReturnType<Store['lease']> {
    return this.pass('lease', () => this.store.lease(...args));
  }

  fill(...args: Parameters<Store['fill']>): ReturnType<Store['fill']> {
    return this.pass('fill', () => this.store.fill(...args));
  }

  release(...args: Parameters<Store['release']>): ReturnType<Store['release']> {
    return this.pass('release', () => this.store.release(...args));
  }

  put(...args: Parameters<Store['put']>): ReturnType<Store['put']> {
    return this.pass('put', () => this.store.put(...args));
  }

  expire(...args: Parameters<Store['expire']>): ReturnType<Store['expire']> {
    return this.pass('expire', () => this.store.expire(...args));
  }

  invalidate(...args: Parameters<Store['invalidate']>): ReturnType<Store['invalidate']> {
    return this.pass('invalidate', () => this.store.invalidate(...args));
  }

  intend(...args: Parameters<Store['intend']>): ReturnType<Store['intend']> {
    return this.pass('intend', () => this.store.intend(...args));
  }

  withdraw(...args: Parameters<Store['withdraw']>): ReturnType<Store['withdraw']> {
    return this.pass('withdraw', () => this.store.withdraw(...args));
  }

  applyBatch(...args: Parameters<Store['applyBatch']>): ReturnType<Store['applyBatch']> {
    return this.pass('applyBatch', () => this.store.applyBatch(...args));
  }

  restartChain(...args: Parameters<Store['restartChain']>): ReturnType<Store['restartChain']> {
    return this.pass('restartChain', () => this.store.restartChain(...args));
  }

  inspect(...args: Parameters<Store['inspect']>): ReturnType<Store['inspect']> {
    return this.pass('inspect', () => this.store.inspect(...args));
  }

  now(): Promise<number> {
    return this.pass('now', () => this.store.now());
  }

  listen(service: string, listener: FeedListener): () => void {
    const subscription: Subscription = { service, listener, stop: null };
    this.subscriptions.add(subscription);
    if (!this.feedIsCut) this.connect(subscription);
    return () => {
      this.subscriptions.delete(subscription);
      subscription.stop?.();
    };
  }

  private connect(subscription: Subscription): void {
    subscription.stop ??= this.store.listen(subscription.service, subscription.listener);
  }

  private async pass<Result>(operation: StoreOperation, run: () => Promise<Result>): Promise<Result> {
    this.counts.set(operation, this.count(operation) + 1);
    const fault = this.next(operation);
    if (fault === 'refuse') throw new StoreFailure(`${operation} was refused`);
    if (fault === 'hang') return never();
    if (typeof fault === 'object') await this.clock.sleep(fault.slowMs);
    const answer = await run();
    if (fault === 'lose-answer') throw new StoreFailure(`The answer of ${operation} was lost`);
    return fault === 'never-answer' ? never() : answer;
  }

  private next(operation: StoreOperation): StoreFault | undefined {
    const active = this.faults.find(({ only }) => !only || only.includes(operation));
    if (!active) return undefined;
    if (--active.left <= 0) this.faults = this.faults.filter((each) => each !== active);
    return active.fault;
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
