import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const text = readFileSync(join(ROOT, 'docs/security.md'), 'utf8');

/** What a row names as its evidence: a file, and words that stand in it. */
const evidence = [...text.matchAll(/`((?:apps|libs|test|tools)\/[\w./-]+\.ts)`: "([^"]+)"/g)].map(
  ([, file = '', words = '']) => [file, words] as const,
);

describe('docs/security.md', () => {
  it.each(evidence)('is right that %s shows %s', (file, words) => {
    expect(readFileSync(join(ROOT, file), 'utf8')).toContain(words);
  });

  it('names evidence in every row of its standards', () => {
    const rows = text.split('\n').filter((line) => /^\| (?:\d+\.\d+\.\d+|\d\.\d)/.test(line));
    expect(rows.length).toBeGreaterThan(40);
    for (const row of rows) expect(row).toMatch(/\.ts`: "|the schemas: there is no such field/);
  });
});
