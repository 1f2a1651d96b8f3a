import { jest } from '@jest/globals';
import { inTime, patienceOf } from './patience.js';

const callerWith = (ms: number) => ({ remainingMs: () => ms });

afterEach(() => {
  jest.useRealTimers();
});

describe('patienceOf', () => {
  it('leaves time for the answer', () => {
    expect([100, 25, 0].map((ms) => patienceOf(callerWith(ms)).timeoutMs)).toEqual([75, 0, 0]);
  });
});

describe('inTime', () => {
  it('gives what is read, and an error unchanged', async () => {
    const error = new Error('no such table');
    expect(await inTime(callerWith(1_000), async () => 7)).toBe(7);
    await expect(inTime(callerWith(1_000), () => Promise.reject(error))).rejects.toBe(error);
  });

  it('refuses in time for the answer, whatever becomes of the read', async () => {
    jest.useFakeTimers();
    let fail: (error: Error) => void = () => undefined;
    const reading = inTime(callerWith(1_000), () => new Promise((_resolve, reject) => (fail = reject)));
    const refusals: unknown[] = [];
    reading.catch((error: unknown) => refusals.push(error));
    await jest.advanceTimersByTimeAsync(974);
    expect(refusals).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(refusals).toMatchObject([{ code: 'UNAVAILABLE', retryAfterSeconds: 1 }]);
    fail(new Error('late'));
    await jest.advanceTimersByTimeAsync(1);
  });

  it('leaves no timer behind', async () => {
    jest.useFakeTimers();
    await inTime(callerWith(1_000), async () => 7);
    expect(jest.getTimerCount()).toBe(0);
  });
});
