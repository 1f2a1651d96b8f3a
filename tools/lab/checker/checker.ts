import { FAILED, HIT, type ReadColumns } from '../history/reads.js';
import { KeyTimeline, type WriteRecord } from '../history/writes.js';
import type { Example, Findings } from './findings.js';
import { Bins, Tally } from './tally.js';

export interface CheckerOptions {
  /** The version that each key had before the row began, by the key's number. */
  readonly initialVersions: readonly number[];
  readonly writes: readonly WriteRecord[];
  /** How old a hit may be, in milliseconds. */
  readonly boundMs: number;
  /** How long the row lasted. */
  readonly durationMs: number;
}

const BINS = 240;

/**
 * Compares what reads returned with what the database had committed. Needs one look at each read, in any order of processes,
 * because the versions of a key rise: a read is too old if it is older than the newest version that it had to see.
 *
 * It never accuses without reason: a commit counts from the instant at which it was confirmed, and a read's answer as of its
 * beginning, so that what is found is there, and staleness is at least what is told.
 */
export class Checker {
  private readonly keys: readonly KeyTimeline[];
  private readonly bins: Bins;
  private readonly staleAfterAcknowledge = new Tally();
  private readonly olderThanCommitted = new Tally();
  private readonly beyondBound = new Tally();
  private readonly wentBack = new Tally();
  private readonly unknownVersions = new Tally();
  /** By key and version: when the last hit of something older began. */
  private readonly lastOldHitUs = new Map<number, Map<number, number>>();
  private readonly counts = { reads: 0, hits: 0, loads: 0, failed: 0 };
  private maxStaleMs = 0;

  constructor(private readonly options: CheckerOptions) {
    const { initialVersions, writes, durationMs } = options;
    this.keys = initialVersions.map(
      (version, key) =>
        new KeyTimeline(
          version,
          writes.filter((write) => write.key === key),
        ),
    );
    this.bins = new Bins(durationMs, BINS);
  }

  /** Checks the reads of one process; each process once. */
  add(process: number, reads: ReadColumns): void {
    const seen = new Map<number, number>();
    for (let index = 0; index < reads.count; index += 1) {
      if (reads.outcome[index] === FAILED) this.addFailure(reads.startUs[index] as number);
      else this.addRead({ process, reads, index, seen });
    }
  }

  /** What all the reads show together. */
  findings(): Findings {
    const { writes } = this.options;
    return {
      ...this.counts,
      writes: writes.length,
      unacknowledged: writes.filter(({ acknowledgedUs }) => acknowledgedUs === null).length,
      staleAfterAcknowledge: this.staleAfterAcknowledge.result(),
      olderThanCommitted: this.olderThanCommitted.result(),
      beyondBound: this.beyondBound.result(),
      wentBack: this.wentBack.result(),
      unknownVersions: this.unknownVersions.result(),
      maxStaleMs: this.maxStaleMs,
      bins: this.bins.result(),
      commitToGoneMs: this.commitToGone(),
    };
  }

  private addFailure(startUs: number): void {
    this.counts.reads += 1;
    this.counts.failed += 1;
    this.bins.failed(startUs / 1_000);
  }

  private addRead(read: Read): void {
    const { reads, index } = read;
    const version = reads.version[index] as number;
    const [startUs, isHit] = [reads.startUs[index] as number, reads.outcome[index] === HIT];
    const timeline = this.keys[reads.key[index] as number] as KeyTimeline;
    const successor = timeline.successorOf(version);
    const staleMs = successor === null ? 0 : Math.max(0, startUs - successor.commitUs) / 1_000;
    this.counts.reads += 1;
    this.counts[isHit ? 'hits' : 'loads'] += 1;
    this.bins.read(startUs / 1_000, staleMs, isHit);
    const accuse: Accuse = (tally, expected) => {
      tally.add(() => exampleOf(read, expected, staleMs));
    };
    if (!timeline.has(version)) accuse(this.unknownVersions, timeline.newest);
    this.compareWithSeen(read, accuse);
    if (successor === null || staleMs === 0) return;
    compareWith(timeline.committedBefore(startUs), this.olderThanCommitted);
    compareWith(timeline.acknowledgedBefore(startUs), this.staleAfterAcknowledge);
    if (isHit) this.addStaleHit(read, { successor: successor.version, staleMs, accuse });

    function compareWith(expected: number, tally: Tally): void {
      if (version < expected) accuse(tally, expected);
    }
  }

  private addStaleHit({ reads, index }: Read, { successor, staleMs, accuse }: StaleHit): void {
    if (staleMs > this.options.boundMs) accuse(this.beyondBound, successor);
    this.maxStaleMs = Math.max(this.maxStaleMs, staleMs);
    this.noteOldHit(reads.key[index] as number, successor, reads.startUs[index] as number);
  }

  /** A reader's reads of a key stand in their order, as it makes one after the other. */
  private compareWithSeen({ reads, index, seen }: Read, accuse: Accuse): void {
    const [version, slot] = [
      reads.version[index] as number,
      (reads.session[index] as number) * this.keys.length + (reads.key[index] as number),
    ];
    const before = seen.get(slot) ?? 0;
    if (version < before) accuse(this.wentBack, before);
    else seen.set(slot, version);
  }

  private noteOldHit(key: number, successor: number, startUs: number): void {
    const known = this.lastOldHitUs.get(key) ?? new Map<number, number>();
    this.lastOldHitUs.set(key, known);
    known.set(successor, Math.max(known.get(successor) ?? 0, startUs));
  }

  /** A hit that is older than one change is older than those after it, too. */
  private commitToGone(): number[] {
    const gone = this.keys.flatMap((_, key) => {
      const writes = this.options.writes.filter((write) => write.key === key);
      const lastHits = this.lastOldHitUs.get(key);
      let lastUs = -Infinity;
      return writes
        .sort((one, other) => one.version - other.version)
        .map(({ version, commitUs }) => {
          lastUs = Math.max(lastUs, lastHits?.get(version) ?? -Infinity);
          return Math.max(0, lastUs - commitUs) / 1_000;
        });
    });
    return gone.sort((one, other) => one - other);
  }
}

type Accuse = (tally: Tally, expected: number) => void;

interface StaleHit {
  readonly successor: number;
  readonly staleMs: number;
  readonly accuse: Accuse;
}

interface Read {
  readonly process: number;
  readonly reads: ReadColumns;
  readonly index: number;
  /** The newest version seen, by reader and key. */
  readonly seen: Map<number, number>;
}

function exampleOf({ process, reads, index }: Read, expected: number, staleMs: number): Example {
  return {
    process,
    session: reads.session[index] as number,
    key: reads.key[index] as number,
    startMs: (reads.startUs[index] as number) / 1_000,
    endMs: (reads.endUs[index] as number) / 1_000,
    outcome: reads.outcome[index] === HIT ? 'hit' : 'load',
    version: reads.version[index] as number,
    expected,
    staleMs,
  };
}
