import { FAULT_NAMES } from './faults.js';
import { LEVELS } from './levels.js';
import { HELP, readOptions, USAGE, UsageError } from './options.js';

const ROWS = ['del', 'larder-strict'];
const read = (...args: string[]) => readOptions(args, ROWS);

describe('the options of the laboratory', () => {
  it('have defaults', () => {
    expect(read()).toEqual({
      ...{ seconds: 60, seed: 1, faults: FAULT_NAMES, levels: LEVELS, rows: null, adapter: null },
      ...{ json: null, html: null, kills: null, chainCheck: true },
    });
  });

  it('are read', () => {
    const lists = ['--faults', 'redis-stop, promotion,redis-stop', '--level', 'strict,bounded', '--rows', 'del'];
    expect(
      read('--seconds', '180', '--seed=4294967295', ...lists, '--kills', '200', '--without-chain-check'),
    ).toMatchObject({
      ...{ seconds: 180, seed: 4_294_967_295, faults: ['redis-stop', 'promotion'], levels: ['strict', 'bounded'] },
      ...{ rows: ['del'], kills: 200, chainCheck: false },
    });
    expect(read('--faults', 'none')).toMatchObject({ faults: [] });
    expect(read('--help')).toBe(HELP);
  });

  it.each([
    [['--seconds', '0'], '--seconds'],
    [['--seconds', '1.5'], '--seconds'],
    [['--seconds', 'many'], '--seconds'],
    [['--seed=-1'], '--seed'],
    [['--faults', 'redis-stop,flood'], '"flood"'],
    [['--faults', 'redis-stop,toString'], '"toString"'],
    [['--level', 'perfect'], '"perfect"'],
    [['--rows', ''], '--rows'],
    [['--rows', 'list'], 'del, larder-strict'],
    [['--kills', '-2'], '--kills'],
    [['--colour'], '--colour'],
    [['something'], 'something'],
  ])('refuse %j and say %s', (args, named) => {
    expect(() => read(...args)).toThrow(UsageError);
    expect(() => read(...args)).toThrow(named);
  });

  it('are all in the text for people, and so is every fault', () => {
    const options = ['seconds', 'seed', 'faults', 'level', 'rows', 'adapter', 'json', 'html', 'kills'];
    for (const name of [...options, 'without-chain-check']) expect(USAGE).toContain(`--${name}`);
    for (const name of [...FAULT_NAMES, ...LEVELS]) expect(USAGE).toContain(name);
  });
});
