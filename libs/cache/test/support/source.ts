import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

/** What the source of truth holds of one id. */
export const Row = z.object({ id: z.string(), version: z.number() });
export type Row = z.infer<typeof Row>;

const LOAD_MS = 2;

/** A source of truth in memory, whose rows rise in version, and which counts what is asked of it. */
export class Source {
  loads = 0;
  /** Loads at the same time, at most. */
  peak = 0;
  /** How long the last load to end has taken, in milliseconds. */
  lastLoadMs = 0;
  private running = 0;
  private readonly committed = new Map<string, number>();
  private readonly acknowledged = new Map<string, { readonly version: number; readonly atMs: number }[]>();

  /** The newest version of `id`; 1 before the first change. */
  version(id: string): number {
    return this.committed.get(id) ?? 1;
  }

  /** The version below which no read that starts now may answer, if it may be `behindMs` behind; 1 if it may be any. */
  floor(id: string, behindMs = 0): number {
    const dueMs = performance.now() - behindMs;
    return this.acknowledged.get(id)?.findLast(({ atMs }) => atMs <= dueMs)?.version ?? 1;
  }

  /** Changes the row, and answers its new version. */
  commit(id: string): number {
    const version = this.version(id) + 1;
    this.committed.set(id, version);
    return version;
  }

  /** Whoever changed `id` was told that no cache shows anything older than `version`. */
  acknowledge(id: string, version: number): void {
    if (version <= this.floor(id)) return;
    const known = this.acknowledged.get(id) ?? [];
    this.acknowledged.set(id, [...known, { version, atMs: performance.now() }]);
  }

  /** Reads the row at once, and hands it over later. */
  readonly load = async (id: string): Promise<Row> => {
    const row = { id, version: this.version(id) };
    const startedMs = performance.now();
    this.loads++;
    this.peak = Math.max(this.peak, ++this.running);
    await sleep(LOAD_MS);
    this.running--;
    this.lastLoadMs = performance.now() - startedMs;
    return row;
  };
}
