import { FAILED, HIT, LOADED, ReadLog, type Outcome } from '../history/reads.js';
import type { WriteRecord } from '../history/writes.js';
import { Checker } from './checker.js';
import type { Findings } from './findings.js';

const MS = 1_000;
const BOUND_MS = 500;

/** Version 1 from before; 5 begins at 10 ms, is committed at 20 ms and acknowledged at 30 ms. */
const WRITES: WriteRecord[] = [
  { key: 0, version: 5, startUs: 10 * MS, commitUs: 20 * MS, acknowledgedUs: 30 * MS },
  { key: 1, version: 6, startUs: 10 * MS, commitUs: 20 * MS, acknowledgedUs: null },
];

interface Reading {
  readonly atMs: number;
  readonly version: number;
  readonly key?: number;
  readonly session?: number;
  readonly outcome?: Outcome;
}

function logOf(readings: readonly Reading[]): ReadLog {
  const log = new ReadLog();
  for (const { atMs, version, key = 0, session = 0, outcome = HIT } of readings) {
    log.add({ startUs: atMs * MS, endUs: atMs * MS + 100, version, key, session, outcome });
  }
  return log;
}

function check(readings: readonly Reading[], writes = WRITES): Findings {
  const checker = new Checker({ initialVersions: [1, 2], writes, boundMs: BOUND_MS, durationMs: 1_000 });
  checker.add(0, logOf(readings).read());
  return checker.findings();
}

function countsOf(findings: Findings) {
  return {
    staleAfterAcknowledge: findings.staleAfterAcknowledge.count,
    olderThanCommitted: findings.olderThanCommitted.count,
    beyondBound: findings.beyondBound.count,
    wentBack: findings.wentBack.count,
    unknownVersions: findings.unknownVersions.count,
  };
}

const CLEAN = { staleAfterAcknowledge: 0, olderThanCommitted: 0, beyondBound: 0, wentBack: 0, unknownVersions: 0 };

describe('the checker', () => {
  it('finds nothing in a clean history', () => {
    const findings = check([
      { atMs: 5, version: 1 },
      { atMs: 15, version: 1 },
      { atMs: 40, version: 5, outcome: LOADED },
      { atMs: 41, version: 5 },
      { atMs: 42, version: 6, key: 1 },
    ]);
    expect(countsOf(findings)).toEqual(CLEAN);
    expect(findings).toMatchObject({
      reads: 5,
      hits: 4,
      loads: 1,
      failed: 0,
      writes: 2,
      unacknowledged: 1,
      maxStaleMs: 0,
    });
  });

  it('accuses no read of a version that was committed, but not confirmed, when it began', () => {
    expect(countsOf(check([{ atMs: 20, version: 1 }]))).toEqual(CLEAN);
  });

  it('finds a read older than what was committed when it began', () => {
    expect(countsOf(check([{ atMs: 20.001, version: 1 }]))).toEqual({ ...CLEAN, olderThanCommitted: 1 });
  });

  it('does not take a read that began at the very instant of the acknowledgement for one after it', () => {
    expect(check([{ atMs: 30, version: 1 }]).staleAfterAcknowledge.count).toBe(0);
  });

  it('finds a read older than an acknowledged write, loaded or not', () => {
    const late = { atMs: 30.001, version: 1 };
    expect(countsOf(check([late]))).toEqual({ ...CLEAN, olderThanCommitted: 1, staleAfterAcknowledge: 1 });
    expect(check([{ ...late, outcome: LOADED }]).staleAfterAcknowledge.count).toBe(1);
  });

  it('never takes a write for acknowledged that had no answer', () => {
    expect(countsOf(check([{ atMs: 900, version: 2, key: 1, outcome: LOADED }]))).toEqual({
      ...CLEAN,
      olderThanCommitted: 1,
    });
  });

  it('counts an acknowledgement although a later version was acknowledged before it', () => {
    const writes: WriteRecord[] = [
      { key: 0, version: 5, startUs: 0, commitUs: 10 * MS, acknowledgedUs: 60 * MS },
      { key: 0, version: 6, startUs: 0, commitUs: 20 * MS, acknowledgedUs: 30 * MS },
    ];
    const findings = check([{ atMs: 61, version: 5 }], writes);
    expect(findings.staleAfterAcknowledge.examples).toMatchObject([{ version: 5, expected: 6 }]);
  });

  it('allows a hit as old as the bound, and finds one that is older, but no load', () => {
    const atMs = 20 + BOUND_MS;
    expect(check([{ atMs, version: 1 }]).beyondBound.count).toBe(0);
    expect(check([{ atMs: atMs + 0.001, version: 1 }]).beyondBound.count).toBe(1);
    expect(check([{ atMs: atMs + 0.001, version: 1, outcome: LOADED }]).beyondBound.count).toBe(0);
  });

  it('measures age from the change that made the version old, not from the newest one', () => {
    const writes = [...WRITES, { key: 0, version: 9, startUs: 0, commitUs: 100 * MS, acknowledgedUs: null }];
    expect(check([{ atMs: 120, version: 1 }], writes).maxStaleMs).toBeCloseTo(100);
    expect(check([{ atMs: 120, version: 5 }], writes).maxStaleMs).toBeCloseTo(20);
  });

  it('finds a reader who went back, by key and by reader', () => {
    const seen = { atMs: 40, version: 5 };
    expect(check([seen, { atMs: 41, version: 1 }]).wentBack.count).toBe(1);
    expect(check([seen, { atMs: 41, version: 1, session: 1 }]).wentBack.count).toBe(0);
    expect(check([seen, { atMs: 15, version: 2, key: 1 }]).wentBack.count).toBe(0);
  });

  it('finds a version that nobody wrote', () => {
    expect(check([{ atMs: 40, version: 7 }]).unknownVersions.count).toBe(1);
  });

  it('counts a failed read, and takes it for neither old nor new', () => {
    const findings = check([{ atMs: 900, version: 0, outcome: FAILED }]);
    expect(countsOf(findings)).toEqual(CLEAN);
    expect(findings).toMatchObject({ reads: 1, failed: 1, hits: 0, loads: 0 });
    expect(findings.bins.reduce((sum, { failed }) => sum + failed, 0)).toBe(1);
  });

  it('tells for each write how long something older was still served', () => {
    const writes = [...WRITES, { key: 0, version: 9, startUs: 0, commitUs: 30 * MS, acknowledgedUs: null }];
    const findings = check([{ atMs: 45, version: 1 }], writes);
    expect(findings.commitToGoneMs).toEqual([0, 15, 25]);
  });

  it('keeps a few examples that a person can follow, whatever the number', () => {
    const readings = Array.from({ length: 100 }, (_, index) => ({ atMs: 50 + index, version: 1, session: 3 }));
    const { count, examples } = check(readings).staleAfterAcknowledge;
    expect(count).toBe(100);
    expect(examples).toHaveLength(5);
    expect(examples[0]).toEqual({
      ...{ process: 0, session: 3, key: 0, startMs: 50, endMs: 50.1, outcome: 'hit' },
      ...{ version: 1, expected: 5, staleMs: 30 },
    });
  });

  it('puts a stale hit into its stretch of time', () => {
    const { bins } = check([{ atMs: 251, version: 1 }]);
    expect(bins.filter(({ stale }) => stale > 0)).toMatchObject([{ fromMs: 250, reads: 1, stale: 1, maxStaleMs: 231 }]);
  });
});
