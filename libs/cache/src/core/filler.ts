import type { Backoff } from './backoff.js';
import type { Clock } from './clock.js';
import { CacheError } from './errors.js';
import type { CacheListener } from './events.js';
import type { Asked, Fence, Lease, Place } from './fence.js';
import type { Flight } from './flights.js';
import type { LoadContext, LoadGate, LoadMany } from './load.js';
import type { Finding } from './finding.js';
import type { ValueEntry } from './record.js';

/** A key that this process is to fill. */
export interface Task<Value> extends Place {
  readonly id: string;
  /** What is cached below this version does not do for whoever waits. */
  readonly minVersion: number;
  readonly flight: Flight<Value | null | undefined>;
  /** Whether to ask for a lease; without one the value is only loaded, and the store is not filled. */
  readonly fillable: boolean;
  /** Whether nobody waits for it: then it is loaded under a lease, or not at all. */
  readonly background: boolean;
}

/** A task that may load now; `lease` `null`: without the right to fill. */
interface Ready<Value> {
  readonly task: Task<Value>;
  readonly lease: Lease | null;
}

export interface FillerParts<Value> {
  readonly space: { readonly name: string };
  readonly fence: Fence<Value>;
  /** What an entry that stands in the way of a lease means for a read. */
  readonly weigh: (task: Task<Value>, entry: ValueEntry) => Promise<Finding<Value>>;
  readonly gate: LoadGate;
  readonly backoff: Backoff;
  readonly clock: Clock;
  /** How long a read waits for another process's load before it loads by itself, in milliseconds. */
  readonly maxWaitMs: number;
  readonly emit: CacheListener;
}

const MIN_POLL_MS = 4;
/** Of the time waited so far: nobody waits longer than a load by more than this share of it. */
const POLL_SHARE = 0.25;

/** Leads flights: gets the lease, loads, fills. The outcome, failure included, goes to the flights and nowhere else. */
export class Filler<Value> {
  constructor(private readonly parts: FillerParts<Value>) {}

  /** Resolves when every task's flight has landed. Tasks that get their lease at once share one call of `load`. */
  async lead(tasks: readonly Task<Value>[], load: LoadMany<Value>): Promise<void> {
    const { backoff, clock, gate } = this.parts;
    if (tasks.some(({ background }) => background) && !gate.hasRoom) {
      for (const { flight } of tasks) flight.land({ kind: 'again' });
      return;
    }
    const held = tasks.filter(({ key }) => backoff.waitMs(key) > 0);
    const free = tasks.filter((task) => !held.includes(task));
    const later = async (): Promise<void> => {
      await clock.sleep(Math.max(...held.map(({ key }) => backoff.waitMs(key))));
      await this.fillAll(held, load);
    };
    await Promise.all([this.fillAll(free, load), held.length > 0 ? later() : null]);
  }

  private async fillAll(tasks: readonly Task<Value>[], load: LoadMany<Value>): Promise<void> {
    const ready: Ready<Value>[] = [];
    const waiting: Promise<void>[] = [];
    await Promise.all(
      tasks.map(async (task) => {
        const asked = task.fillable ? await this.parts.fence.ask(task) : null;
        if (asked?.kind === 'busy' && !task.background) waiting.push(this.wait(task, load));
        else await this.settle(task, asked, ready);
      }),
    );
    await Promise.all([this.loadAndFill(ready, load), ...waiting]);
  }

  /** Asks again and again until the other process has filled, given up, died, or taken too long. */
  private async wait(task: Task<Value>, load: LoadMany<Value>): Promise<void> {
    const { clock, maxWaitMs } = this.parts;
    const startedMs = clock.now();
    const ready: Ready<Value>[] = [];
    let asked: Asked = { kind: 'busy', waitMs: maxWaitMs };
    while (asked?.kind === 'busy') {
      const waitedMs = clock.now() - startedMs;
      if (waitedMs >= maxWaitMs) break;
      const pollMs = Math.max(MIN_POLL_MS, waitedMs * POLL_SHARE);
      await clock.sleep(Math.max(1, Math.min(pollMs, asked.waitMs, maxWaitMs - waitedMs)));
      asked = await this.parts.fence.ask(task);
    }
    await this.settle(task, asked, ready);
    await this.loadAndFill(ready, load);
  }

  /** Ends the flight of a task whose value is there already, or that nobody waits for; any other may load. */
  private async settle(task: Task<Value>, asked: Asked, ready: Ready<Value>[]): Promise<void> {
    if (asked?.kind === 'value') {
      const finding = await this.parts.weigh(task, asked.entry);
      task.flight.land({ kind: 'found', finding });
      return;
    }
    const lease = asked?.kind === 'leased' ? asked.lease : null;
    if (task.background && lease === null) task.flight.land({ kind: 'again' });
    else ready.push({ task, lease });
  }

  private async loadAndFill(ready: readonly Ready<Value>[], load: LoadMany<Value>): Promise<void> {
    if (ready.length === 0) return;
    try {
      const values = await this.load(ready, load);
      await Promise.all(ready.map((each) => this.land(each, values)));
    } catch (error) {
      for (const each of ready) this.fail(each, error);
    }
  }

  private async load(
    ready: readonly Ready<Value>[],
    load: LoadMany<Value>,
  ): Promise<Awaited<ReturnType<LoadMany<Value>>>> {
    const startedMs = performance.now();
    const background = ready.some(({ task }) => task.background);
    const report = (failed: boolean): void => {
      const durationMs = performance.now() - startedMs;
      this.parts.emit({ type: 'load', space: this.parts.space.name, durationMs, failed });
    };
    const begin = (context: LoadContext): ReturnType<LoadMany<Value>> => {
      for (const { task } of ready) task.flight.depart();
      return load(
        ready.map(({ task }) => task.id),
        context,
      );
    };
    try {
      const values = await this.parts.gate.run(begin, background);
      report(false);
      return values;
    } catch (error) {
      if (!(background && isRejected(error))) report(true);
      throw error;
    }
  }

  private async land(
    { task, lease }: Ready<Value>,
    values: ReadonlyMap<string, Value | null | undefined>,
  ): Promise<void> {
    const value = values.has(task.id) ? values.get(task.id) : null;
    this.parts.backoff.succeeded(task.key);
    const stored = lease !== null && (await this.parts.fence.fill(lease, value));
    if (!stored) this.parts.fence.forget(task.key);
    task.flight.land({ kind: 'loaded', value, stored });
  }

  private fail({ task, lease }: Ready<Value>, error: unknown): void {
    if (lease) void this.parts.fence.release(lease);
    const rejected = isRejected(error);
    if (!rejected) this.parts.backoff.failed(task.key);
    if (rejected && task.background) task.flight.land({ kind: 'again' });
    else task.flight.fail(error);
  }
}

/** Whether the load never ran. */
function isRejected(error: unknown): boolean {
  return error instanceof CacheError && error.code === 'LOAD_REJECTED';
}
