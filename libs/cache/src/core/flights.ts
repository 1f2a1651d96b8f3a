import type { Finding } from './finding.js';

/**
 * How a flight ended: with a load's value, for all who may share it; with what the store had in the place of a lease,
 * because somebody had filled, for the one who asked; or with "read again".
 */
export type Landing<Value> =
  | { readonly kind: 'loaded'; readonly value: Value; readonly stored: boolean }
  | { readonly kind: 'found'; readonly finding: Finding<Value> }
  | { readonly kind: 'again' };

/** One attempt to fill a key in this process. Until it departs others may join; whoever comes later must not share it. */
export class Flight<Value> {
  readonly landing: Promise<Landing<Value>>;
  private departed = false;
  private settle!: (landing: Landing<Value>) => void;
  private crash!: (error: unknown) => void;

  constructor(
    readonly key: string,
    private readonly onEnd: () => void,
  ) {
    this.landing = new Promise((resolve, reject) => {
      this.settle = resolve;
      this.crash = reject;
    });
    this.landing.catch(() => undefined); // a load that nobody joined may fail without anybody else listening
  }

  /** Closes the door: called right before the load begins, because its result is no older than that moment. */
  depart(): void {
    this.departed = true;
  }

  get boarding(): boolean {
    return !this.departed;
  }

  land(landing: Landing<Value>): void {
    this.onEnd();
    this.settle(landing);
  }

  fail(error: unknown): void {
    this.onEnd();
    this.crash(error);
  }
}

/** What boarding a key means for the caller. `late`: the flight had departed; wait for its end, then read again. */
export interface Boarding<Value> {
  readonly role: 'leads' | 'joins' | 'late';
  readonly flight: Flight<Value>;
}

/**
 * Coalesces the loads of one process, at most one per key at a time.
 *
 * A caller shares a load only if it arrived before the load began. Sharing with later arrivals would hand them
 * a value older than a write that was acknowledged before they asked.
 */
export class Flights<Value> {
  private readonly byKey = new Map<string, Flight<Value>>();

  board(key: string): Boarding<Value> {
    const running = this.byKey.get(key);
    if (running) return { role: running.boarding ? 'joins' : 'late', flight: running };
    const flight = new Flight<Value>(key, () => this.byKey.delete(key));
    this.byKey.set(key, flight);
    return { role: 'leads', flight };
  }
}
