import { recordedRun } from '../test/recorded.js';
import { reportOf } from './page.js';

describe('the report', () => {
  const page = reportOf(recordedRun());

  it('needs nothing else: no script, no address, no file', () => {
    expect(page).not.toMatch(/<script|<link|<img|@import|url\(|https?:|src=/);
  });

  it('has a table for each level, or for those asked for', () => {
    expect(page.match(/<table>/g)).toHaveLength(4);
    expect(reportOf(recordedRun(), ['strict']).match(/<table>/g)).toHaveLength(1);
  });

  it('names every row and every fault, with the figures of the run', () => {
    const { rows, faults } = recordedRun();
    for (const { label } of rows) expect(page).toContain(label);
    for (const name of Object.keys(faults)) expect(page).toContain(`<code>${name}</code>`);
    expect(page).toContain((rows.length * 312_345).toLocaleString('en'));
  });

  it('says at the top whether the promises were kept', () => {
    expect(page).toContain('Every promise was kept.');
    const broken = recordedRun((row) => ({ ...row, staleAtTheEnd: 1 }));
    expect(reportOf(broken)).toContain('A promise was broken');
  });

  it('tells an old answer as a sentence', () => {
    expect(page).toContain(
      'At 12345.6 ms reader 95 of process 1 asked for key 19 and got version 123456 (a hit) in the place of 123460, at least; it had been old for 2,346 ms.',
    );
  });

  it('takes no name for markup', () => {
    const hostile = recordedRun((row) => ({ ...row, label: '<script>"&' }));
    expect(reportOf(hostile)).not.toContain('<script>"');
  });

  it('can be made of a run without reads, writes or faults', () => {
    const empty = recordedRun((row) => ({
      ...row,
      faults: [],
      findings: { ...row.findings, reads: 0, hits: 0, loads: 0, failed: 0, writes: 0, commitToGoneMs: [] },
    }));
    expect(reportOf({ ...empty, faults: {} })).not.toMatch(/NaN|Infinity|undefined/);
  });
});
