import { randomBytes } from 'node:crypto';
import type { Clock } from './clock.js';
import { Unstorable, type Codec } from './codec.js';
import type { CacheListener, FillResult } from './events.js';
import type { GuardedStore } from './guarded-store.js';
import type { Epoch, L1 } from './l1.js';
import { freshMs, keptMs } from './lifetime.js';
import { markOf, type Mark } from './mark.js';
import type { Notes } from './notes.js';
import type { Space } from './space.js';
import type { FillRequest, LeaseAnswer } from './steps.js';
import { PLAIN_STAMP_CHARS } from './stamp.js';
import type { StoreClock } from './store-clock.js';

export interface FenceTiming {
  /** How long a load's right to fill lasts, in milliseconds; a holder that dies delays others by this at most. */
  readonly leaseMs: number;
  /** How long an invalidated key remembers its floor, in milliseconds. */
  readonly tombstoneMs: number;
}

/** What a lease is asked for. `over`: the mark of the value that may be served meanwhile; `epoch`: before its look. */
export interface Place {
  readonly key: string;
  readonly stamp: string;
  readonly over: Mark | undefined;
  readonly epoch: Epoch;
}

/** The right to fill a place with what is loaded from now on. */
export interface Lease extends Place {
  readonly token: string;
  readonly floor: number;
  readonly mark: Mark;
  /** When it was asked for, an instant of `performance.now()`: what is loaded under it is no older. */
  readonly askedAtMs: number;
}

/** What came of asking: a lease, or why there is none; `null` if the store cannot be used now. */
export type Asked =
  { readonly kind: 'leased'; readonly lease: Lease } | Exclude<LeaseAnswer, { kind: 'granted' }> | null;

export interface FenceParts<Value> {
  readonly space: Space<Value>;
  readonly store: GuardedStore;
  readonly codec: Codec<Value>;
  readonly timing: FenceTiming;
  readonly clock: Clock;
  readonly storeClock: StoreClock;
  readonly l1: L1<Value> | null;
  readonly notes: Notes;
  readonly emit: CacheListener;
}

/** What is stored of a value; `ttlMs`: how long the store keeps it. */
interface Encoded {
  readonly version: number;
  readonly body: string;
  readonly ttlMs: number;
}

/** The one way into the store and the process's own tier for what a load has found: under a lease, and not past an invalidation. */
export class Fence<Value> {
  constructor(private readonly parts: FenceParts<Value>) {}

  /** Never throws. */
  async ask(place: Place): Promise<Asked> {
    const { store, timing, clock, storeClock } = this.parts;
    const { key, stamp, over } = place;
    const token = randomBytes(9).toString('base64url');
    const [askedMs, askedAtMs] = [clock.now(), performance.now()];
    const request = { token, ...timing, stamp, ...(over !== undefined && { over }) };
    const patience = { isOver: false };
    const answer = await store.attempt('lease', async (each) => {
      const late = await each.lease(key, request);
      if (patience.isOver && late.kind === 'granted') void this.release({ key, token }); // nobody else is to wait for it
      return late;
    });
    patience.isOver = answer === null;
    if (answer?.kind !== 'granted') return answer;
    storeClock.note(answer.atMs, askedMs);
    return { kind: 'leased', lease: { ...place, token, floor: answer.floor, mark: markOf(answer.atMs), askedAtMs } };
  }

  /** Whether the value is in the store now; `undefined` gives the lease up. Never throws: what cannot be stored is still the caller's. */
  async fill(lease: Lease, value: Value | null | undefined): Promise<boolean> {
    const encoded = value === undefined ? null : await this.encode(lease, value);
    if (value === undefined || encoded === null) {
      await this.release(lease);
      return false;
    }
    const { version, body, ttlMs } = encoded;
    const { store, timing } = this.parts;
    const { key, token, mark, stamp } = lease;
    const request: FillRequest = {
      token,
      version,
      mark,
      payload: stamp + body,
      ttlMs,
      tombstoneMs: timing.tombstoneMs,
    };
    const answer = await store.attempt('fill', (each) => each.fill(key, request));
    this.report(key, answer ?? 'unreachable');
    if (answer === 'stored') await this.promote(lease, version, body);
    return answer === 'stored';
  }

  /** Gives a lease up, so that nobody waits for it. Never throws. */
  async release({ key, token }: Pick<Lease, 'key' | 'token'>): Promise<void> {
    await this.parts.store.attempt('release', (each) => each.release(key, token, this.parts.timing.tombstoneMs));
  }

  /** Takes a key out of the process's own tier: what a load has found and the store has not taken may be newer than what is kept there. */
  forget(key: string): void {
    this.parts.l1?.heard(key);
  }

  private async encode(lease: Lease, value: Value | null): Promise<Encoded | null> {
    const { space, codec } = this.parts;
    try {
      const version = value === null ? lease.floor : readVersion(space, value);
      return { version, body: await codec.encode(value), ttlMs: keptMs(space, lease.key, lease.mark, value) };
    } catch {
      this.report(lease.key, 'unstorable');
      return null;
    }
  }

  /** A copy goes into the process's own tier: what the load returned belongs to its caller. */
  private async promote(lease: Lease, version: number, body: string): Promise<void> {
    const { l1, space, codec } = this.parts;
    if (lease.stamp.length !== PLAIN_STAMP_CHARS) return; // loaded under tags, which only the store can check
    const decoded = l1 && (await codec.decode(body));
    if (decoded === null) return;
    const { key, stamp, epoch, askedAtMs: loadedAtMs } = lease;
    const bytes = stamp.length + body.length;
    const servedUntilMs = loadedAtMs + freshMs(space, key, lease.mark, decoded.value);
    l1?.keep(key, { value: decoded.value, version, loadedAtMs, servedUntilMs, bytes }, epoch);
  }

  private report(key: string, result: FillResult): void {
    this.parts.emit({ type: 'fill', space: this.parts.space.name, result });
    if (result !== 'stored') this.parts.notes.refused(key, result);
  }
}

/** The version that a space reads from a value; 0 in a space without versions. @throws {Unstorable} for what is no version */
export function readVersion<Value>(space: Space<Value>, value: Value): number {
  if (!space.version) return 0;
  const version = space.version(value);
  // A value at 0 would lie below every floor, and no invalidation could name its version.
  if (!Number.isSafeInteger(version) || version <= 0) throw new Unstorable(`Not a version: ${version}`);
  return version;
}
