import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { createLogger } from './create-logger.js';
import { StandardOutput } from './standard-output.js';

describe('StandardOutput', () => {
  const dir = mkdtempSync(join(tmpdir(), 'larder-output-'));
  const fd = openSync(join(dir, 'lines'), 'a');
  const logger = createLogger('catalog', 'info', new StandardOutput(fd));
  const written = (): string[] => readFileSync(join(dir, 'lines'), 'utf8').match(/"msg":"\w+/g) ?? [];
  const texts = (...all: string[]): string[] => all.map((text) => `"msg":"${text}`);

  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => jest.useRealTimers());
  afterAll(() => {
    closeSync(fd);
    rmSync(dir, { recursive: true });
  });

  it('writes lines of level info together, a tenth of a second after the first', () => {
    logger.log('one');
    jest.advanceTimersByTime(99);
    logger.log('two');
    expect(written()).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(written()).toEqual(texts('one', 'two'));
  });

  it('writes a warning at once, after what came before it', () => {
    logger.log('three');
    logger.warn('four');
    expect(written().slice(2)).toEqual(texts('three', 'four'));
  });

  it('waits for no time when there is much to write', () => {
    const long = 'x'.repeat(8_192);
    logger.log(long);
    expect(written().slice(4)).toEqual(texts(long));
  });

  it('writes what is left when the process ends', () => {
    logger.log('last');
    process.emit('exit', 0);
    expect(written().slice(5)).toEqual(texts('last'));
  });
});
