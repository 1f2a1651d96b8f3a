import { randomBytes } from 'node:crypto';
import type { Clock } from './clock.js';
import type { CacheListener } from './events.js';
import type { Flight } from './flights.js';
import type { GuardedStore } from './guarded-store.js';
import type { LoadGate, LoadMany } from './load.js';
import { encodePayload } from './payload.js';
import type { Space } from './space.js';
import type { FillAnswer, LeaseAnswer } from './steps.js';

export interface FillTiming {
  /** How long a load's right to fill lasts, in milliseconds; a holder that dies delays others by this at most. */
  readonly leaseMs: number;
  /** How long an invalidated key remembers its floor, in milliseconds. */
  readonly tombstoneMs: number;
  /** How long a read waits for another process's load before it loads by itself, in milliseconds. */
  readonly maxWaitMs: number;
}

/** A key that this process is to fill. `leased` false: load only, the store must not be filled. */
export interface Task<Value> {
  readonly id: string;
  readonly key: string;
  readonly flight: Flight<Value | null | undefined>;
  readonly leased: boolean;
}

/** A task that may load now; `lease` `null`: without the right to fill. */
interface Ready<Value> {
  readonly task: Task<Value>;
  readonly lease: { readonly token: string; readonly floor: number } | null;
}

const FIRST_POLL_MS = 4;
const MAX_POLL_MS = 64;

/** Leads flights: gets the lease, loads, fills. The outcome, failure included, goes to the flights and nowhere else. */
export class Filler<Value> {
  constructor(
    private readonly space: Space<Value>,
    private readonly store: GuardedStore,
    private readonly gate: LoadGate,
    private readonly timing: FillTiming & { readonly clock: Clock; readonly emit: CacheListener },
  ) {}

  /** Resolves when every task's flight has landed. Tasks that get their lease at once share one call of `load`. */
  async lead(tasks: readonly Task<Value>[], load: LoadMany<Value>, stamp: string): Promise<void> {
    const ready: Ready<Value>[] = [];
    const waiting: Promise<void>[] = [];
    await Promise.all(
      tasks.map(async (task) => {
        const token = newToken();
        const answer = task.leased ? await this.lease(task, token, stamp) : null;
        if (answer?.kind === 'busy') waiting.push(this.wait(task, load, stamp));
        else settle(task, answer, token, (now) => ready.push(now));
      }),
    );
    await Promise.all([this.loadAndFill(ready, load, stamp), ...waiting]);
  }

  /** Asks again and again until the other process has filled, given up, died, or taken too long. */
  private async wait(task: Task<Value>, load: LoadMany<Value>, stamp: string): Promise<void> {
    const { clock, maxWaitMs } = this.timing;
    const giveUpAtMs = clock.now() + maxWaitMs;
    const token = newToken();
    const ready: Ready<Value>[] = [];
    let answer: LeaseAnswer | null = { kind: 'busy', waitMs: maxWaitMs };
    for (let pollMs = FIRST_POLL_MS; answer?.kind === 'busy'; pollMs = Math.min(pollMs * 2, MAX_POLL_MS)) {
      const leftMs = giveUpAtMs - clock.now();
      if (leftMs <= 0) break;
      await clock.sleep(Math.max(1, Math.min(pollMs, answer.waitMs, leftMs)));
      answer = await this.lease(task, token, stamp);
    }
    settle(task, answer, token, (now) => ready.push(now));
    await this.loadAndFill(ready, load, stamp);
  }

  private lease(task: Task<Value>, token: string, stamp: string): Promise<LeaseAnswer | null> {
    const { leaseMs, tombstoneMs } = this.timing;
    return this.store.attempt('lease', (store) => store.lease(task.key, { token, leaseMs, tombstoneMs, stamp }));
  }

  private async loadAndFill(ready: readonly Ready<Value>[], load: LoadMany<Value>, stamp: string): Promise<void> {
    if (ready.length === 0) return;
    try {
      const values = await this.load(ready, load);
      await Promise.all(
        ready.map(async (each) => {
          const { id, flight } = each.task;
          const value = values.has(id) ? values.get(id) : null;
          flight.land({ kind: 'loaded', value, stored: await this.fill(each, value, stamp) });
        }),
      );
    } catch (error) {
      for (const each of ready) {
        void this.giveUp(each);
        each.task.flight.fail(error);
      }
    }
  }

  private async load(
    ready: readonly Ready<Value>[],
    load: LoadMany<Value>,
  ): Promise<Awaited<ReturnType<LoadMany<Value>>>> {
    const startedMs = performance.now();
    let failed = true;
    try {
      const values = await this.gate.run((context) => {
        for (const { task } of ready) task.flight.depart();
        return load(
          ready.map(({ task }) => task.id),
          context,
        );
      });
      failed = false;
      return values;
    } finally {
      this.timing.emit({ type: 'load', space: this.space.name, durationMs: performance.now() - startedMs, failed });
    }
  }

  /** Whether the value is in the store now. Never throws: a value that cannot be stored is still the caller's. */
  private async fill(ready: Ready<Value>, value: Value | null | undefined, stamp: string): Promise<boolean> {
    const { task, lease } = ready;
    if (lease === null) return false;
    const entry = value === undefined ? null : this.encode(value, lease.floor, stamp);
    if (entry === null) {
      await this.giveUp(ready);
      return false;
    }
    const { tombstoneMs, emit } = this.timing;
    const answer: FillAnswer | null = await this.store.attempt('fill', (store) =>
      store.fill(task.key, { token: lease.token, tombstoneMs, ...entry }),
    );
    emit({ type: 'fill', space: this.space.name, result: answer ?? 'refused' });
    return answer === 'stored';
  }

  private encode(
    value: Value | null,
    floor: number,
    stamp: string,
  ): { version: number; payload: string; ttlMs: number } | null {
    try {
      if (value === null)
        return { version: floor, payload: encodePayload(null, stamp), ttlMs: this.space.negativeTtlMs };
      const version = this.space.version(value);
      if (!Number.isSafeInteger(version) || version < 0) throw new RangeError(`Not a version: ${version}`);
      return { version, payload: encodePayload(value, stamp), ttlMs: jittered(this.space.ttlMs) };
    } catch {
      this.timing.emit({ type: 'fill', space: this.space.name, result: 'unstorable' });
      return null;
    }
  }

  private async giveUp({ task, lease }: Ready<Value>): Promise<void> {
    if (lease === null) return;
    await this.store.attempt('release', (store) => store.release(task.key, lease.token, this.timing.tombstoneMs));
  }
}

/** Lands the flight of a task whose value is there already; otherwise tells that it may load. */
function settle<Value>(
  task: Task<Value>,
  answer: LeaseAnswer | null,
  token: string,
  onReady: (ready: Ready<Value>) => void,
): void {
  if (answer?.kind === 'value') task.flight.land({ kind: 'again' });
  else onReady({ task, lease: answer?.kind === 'granted' ? { token, floor: answer.floor } : null });
}

function newToken(): string {
  return randomBytes(12).toString('base64url');
}

/** Up to a tenth less, so that entries stored together do not expire together. */
function jittered(ttlMs: number): number {
  return Math.ceil(ttlMs * (1 - Math.random() * 0.1));
}
