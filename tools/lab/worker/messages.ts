import type { FailureCounts } from './failures.js';
import type { WriteRecord } from '../history/writes.js';

/** How a worker process is set up; its one argument, as JSON. */
export interface WorkerPlan {
  readonly process: number;
  /** The zero of the laboratory's clock, in nanoseconds of the monotonic clock, in decimal. */
  readonly epochNs: string;
  /** URL of the module that connects the cache. */
  readonly module: string;
  readonly variant: string | null;
  readonly redis: { readonly host: string; readonly port: number };
  readonly databaseUrl: string;
  readonly table: 'products' | 'stock';
  /** The key that the first process tries the cache with; none that is measured. */
  readonly probe: string;
  readonly keys: readonly string[];
  readonly boundMs: number;
  readonly pastTheCache: boolean;
  readonly seed: number;
  readonly readers: number;
  readonly writers: number;
  readonly readsPerSecond: number;
  /** Where the reads go. */
  readonly readsFile: string;
}

/** What a worker is told. Each is answered by the message of {@link FromWorker} named beside it. */
export type ToWorker =
  /** `done`; it begins when the laboratory's clock shows `fromUs`. */
  | { readonly kind: 'run'; readonly fromUs: number; readonly durationMs: number }
  /** None of its own: readers and writers end now. */
  | { readonly kind: 'stop' }
  /** `seen`: every key is read once more. */
  | { readonly kind: 'look' }
  /** None: it closes everything and ends. */
  | { readonly kind: 'close' };

/** What a worker says. */
export type FromWorker =
  /** The cache is connected, and a first read and write have shown that it works. */
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'done';
      readonly writes: readonly WriteRecord[];
      /** Of reads. */
      readonly failures: FailureCounts;
      /** Of writes that were rejected before their commit, and so left nothing. */
      readonly refusals: FailureCounts;
      /** Readers and writers that had not come back some seconds after everything was mended. */
      readonly stuck: number;
    }
  /** By the key's number; `null` where the read failed or did not come back. */
  | { readonly kind: 'seen'; readonly versions: readonly (number | null)[] }
  /** It cannot go on, and ends. */
  | { readonly kind: 'failed'; readonly reason: string };
