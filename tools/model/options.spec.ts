import { readOptions, UsageError, USAGE } from './options.js';
import { variants } from './variants.js';

it('explores everything in full unless told otherwise', () => {
  expect(readOptions([])).toEqual({ level: null, variant: null, bound: 'full', help: false });
});

it('takes a level, a variant, a bound', () => {
  const args = ['--level', 'strict', '--variant', 'cache-aside', '--bound', 'small'];
  expect(readOptions(args)).toEqual({ level: 'strict', variant: 'cache-aside', bound: 'small', help: false });
  expect(readOptions(['--help']).help).toBe(true);
});

it.each([
  [['--level', 'best'], '--level best: it takes eventual, acknowledged, strict, bounded'],
  [['--variant', 'none'], '--variant none: it takes cache-aside, '],
  [['--bound', '9'], '--bound 9: it takes small, full'],
  [['--levels', 'strict'], '--levels'],
  [['strict'], 'strict'],
])('names what is wrong in %j', (args, text) => {
  expect(() => readOptions(args)).toThrow(UsageError);
  expect(() => readOptions(args)).toThrow(text);
});

it('lists every variant in its usage', () => {
  for (const { name, mistake } of variants) expect(USAGE).toContain(`${name.padEnd(30)}${mistake}`);
});
