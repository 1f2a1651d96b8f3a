import { Bell } from './bell.js';

const NEVER_MS = 1_000_000;

describe('the bell', () => {
  it('wakes who waits', async () => {
    const bell = new Bell();
    const woken = bell.wait(NEVER_MS);
    bell.ring();
    await woken;
  });

  it('keeps a ring for who comes later, and several as one', async () => {
    const bell = new Bell();
    bell.ring();
    bell.ring();
    await bell.wait(NEVER_MS);
    const second = bell.wait(NEVER_MS);
    const still = await Promise.race([second.then(() => 'woken'), Promise.resolve('waiting')]);
    expect(still).toBe('waiting');
    bell.ring();
    await second;
  });

  it('gives up after the time', async () => {
    await new Bell().wait(0);
  });
});
