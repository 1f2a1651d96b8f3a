import { jest } from '@jest/globals';
import { Shield } from './shield.js';
import { TransportFailure } from './transport-failure.js';

describe('Shield', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => jest.useRealTimers());

  const failing = (shield: Shield, error: Error): Promise<void> =>
    expect(shield.run(() => Promise.reject(error))).rejects.toBe(error);

  async function opened(): Promise<Shield> {
    const shield = new Shield(() => undefined);
    for (let count = 0; count < 5; count++) await failing(shield, new TransportFailure('unanswered', 2_000));
    expect(shield.state).toBe('open');
    jest.setSystemTime(Date.now() + 1_000);
    return shield;
  }

  it.each([
    ['was waited for only shortly', new TransportFailure('unanswered', 100)],
    ['met a process that stops', new TransportFailure('stopping')],
    ['could not be sent', new Error('too long')],
  ])('stays open after a trial call that %s', async (_, error) => {
    const shield = await opened();
    await failing(shield, error);
    expect(shield.state).toBe('open');
  });

  it('closes after a trial call that was answered', async () => {
    const shield = await opened();
    expect(await shield.run(() => Promise.resolve('an answer'))).toBe('an answer');
    expect(shield.state).toBe('closed');
  });

  it('holds nothing against an upstream that a late caller did not wait for', async () => {
    const shield = new Shield(() => undefined);
    for (let count = 0; count < 9; count++) await failing(shield, new TransportFailure('unanswered', 100));
    expect(shield.state).toBe('closed');
  });
});
