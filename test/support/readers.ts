import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, Reply } from './http.js';

/** One read and when it began, on the clock of `performance.now()`. */
export interface Seen extends Reply {
  readonly path: string;
  /** Which of the people it was, from 0. */
  readonly reader: number;
  readonly beganMs: number;
}

/** Reads that go on in the background. */
export interface Reading {
  /** Ends them, and answers all that were made. @throws whatever a read threw */
  stop(): Promise<Seen[]>;
}

/** Some people at some gateways who read side by side, each with a pause after each read. */
export class Readers {
  constructor(
    private readonly people: readonly Client[],
    private readonly pauseMs: number,
  ) {}

  /** Every path once, shared out among them. */
  async readEach(paths: readonly string[]): Promise<Seen[]> {
    const left = [...paths];
    return this.read(() => left.shift());
  }

  /** One path after the other, again and again. */
  keepReading(paths: readonly string[]): Reading {
    let [turn, stopped] = [0, false];
    const reads = this.read(() => (stopped ? undefined : paths[turn++ % paths.length]));
    reads.catch(() => undefined); // whoever stops them hears of it
    return {
      stop: () => {
        stopped = true;
        return reads;
      },
    };
  }

  private async read(next: () => string | undefined): Promise<Seen[]> {
    const seen: Seen[] = [];
    const readers = this.people.map(async (person, reader) => {
      for (let path = next(); path !== undefined; path = next()) {
        const beganMs = performance.now();
        seen.push({ ...(await person.get(path)), path, reader, beganMs });
        await sleep(this.pauseMs);
      }
    });
    await Promise.all(readers);
    return seen;
  }
}

/** Of the reads that were under way at `sinceMs`, or began after it: the first `count` of each reader, and the others. */
export function apart(seen: readonly Seen[], sinceMs: number, count: number): { first: Seen[]; later: Seen[] } {
  const since = seen.filter(({ beganMs, tookMs }) => beganMs + tookMs >= sinceMs);
  const readers = new Set(since.map(({ reader }) => reader));
  const first = [...readers].flatMap((one) => since.filter(({ reader }) => reader === one).slice(0, count));
  return { first, later: since.filter((read) => !first.includes(read)) };
}

/** The time that `share` of the reads took at most, in milliseconds; `share` is 0 to 1. */
export function percentile(seen: readonly Reply[], share: number): number {
  const times = seen.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
  return times[Math.max(0, Math.ceil(times.length * share) - 1)] ?? Number.NaN;
}
