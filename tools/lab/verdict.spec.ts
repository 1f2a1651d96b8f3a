import type { Violations } from './checker/findings.js';
import { LEVELS, type Level } from './levels.js';
import type { RowResult } from './row-run.js';
import { printed, tablesOf } from './tables.js';
import { recordedRun } from './test/recorded.js';
import { allKept, brokenPromises } from './verdict.js';

const ONE: Violations = { count: 1, examples: [] };
const NONE: Violations = { count: 0, examples: [] };

/** A row that broke nothing, and promises `level`. */
function row(level: Level | null, sessions = false): RowResult {
  const [first] = recordedRun().rows;
  const findings = {
    ...first!.findings,
    staleAfterAcknowledge: NONE,
    olderThanCommitted: NONE,
    beyondBound: NONE,
    wentBack: NONE,
  };
  return { ...first!, promised: { level, sessions }, staleAtTheEnd: 0, findings };
}

const withFinding = (result: RowResult, name: keyof RowResult['findings']): RowResult => ({
  ...result,
  findings: { ...result.findings, [name]: ONE },
});

describe('promises', () => {
  it.each(LEVELS)('are kept at the level %s when nothing was found', (level) => {
    expect(brokenPromises(row(level, true))).toEqual([]);
  });

  it.each([
    ['strict', 'olderThanCommitted', true],
    ['strict', 'staleAfterAcknowledge', true],
    ['strict', 'wentBack', false],
    ['acknowledged', 'staleAfterAcknowledge', true],
    ['acknowledged', 'olderThanCommitted', false],
    ['bounded', 'beyondBound', true],
    ['bounded', 'staleAfterAcknowledge', false],
    ['eventual', 'beyondBound', false],
    ['eventual', 'unknownVersions', true],
    [null, 'staleAfterAcknowledge', false],
    [null, 'unknownVersions', true],
  ] as const)('of %s: %s breaks them: %s', (level, finding, broken) => {
    const result = withFinding(row(level), finding);
    expect(brokenPromises(result)).toHaveLength(broken ? 1 : 0);
    expect(allKept([row('strict'), result])).toBe(!broken);
  });

  it('are broken by an old key at the end at every level, and by going back where sessions are promised', () => {
    for (const level of LEVELS) expect(brokenPromises({ ...row(level), staleAtTheEnd: 1 })).toHaveLength(1);
    expect(brokenPromises({ ...row(null), staleAtTheEnd: 1 })).toEqual([]);
    expect(brokenPromises(withFinding(row('eventual', true), 'wentBack'))).toHaveLength(1);
  });
});

describe('tables', () => {
  it('have one for each level, with all rows, and a verdict where it is promised', () => {
    const { rows } = recordedRun();
    const tables = tablesOf(LEVELS, rows);
    expect(tables.map(({ level }) => level)).toEqual([...LEVELS]);
    for (const { level, rows: lines } of tables) {
      expect(lines).toHaveLength(rows.length);
      for (const { result, verdict } of lines) expect(verdict === 'kept').toBe(result.promised.level === level);
    }
  });

  it('tell rates per million, and for none how many are excluded', () => {
    const text = printed(tablesOf(['acknowledged'], recordedRun().rows));
    expect(text).toMatch(/DEL on write .* 75,153 /);
    expect(text).toMatch(/larder, acknowledged .* 0 \(< 9\.61\) .* promise kept/);
    expect(text).not.toMatch(/larder, strict .* promise/);
  });
});
