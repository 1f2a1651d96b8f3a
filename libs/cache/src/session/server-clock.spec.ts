import { ServerClock } from './server-clock.js';

describe('ServerClock', () => {
  it('follows the server from its last word on, for a minute', () => {
    let monotonic = 5;
    const clock = new ServerClock(() => monotonic);
    expect(clock.now()).toBeNull();
    clock.learn(1_000_000);
    monotonic += 60_000;
    expect(clock.now()).toBe(1_060_000);
    monotonic += 1;
    expect(clock.now()).toBeNull();
    clock.learn(10);
    expect(clock.now()).toBe(10);
  });
});
