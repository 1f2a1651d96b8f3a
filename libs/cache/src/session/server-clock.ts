/** After this long, in milliseconds, the server's time has to be learnt again: clocks drift, and servers are replaced. */
const TRUSTED_MS = 60_000;

/**
 * What time it is on a server, as its last answer that told it lets us think: late by at most half a round trip. Good
 * for finding that nothing is due; what ends or renews anything is decided by the server's own clock.
 */
export class ServerClock {
  private offsetMs = 0;
  private learntAt = -Infinity;

  /** @param monotonic milliseconds of a clock that is never set */
  constructor(private readonly monotonic: () => number = () => performance.now()) {}

  /** Takes `serverMs`, ms since the epoch, from an answer that has just arrived. */
  learn(serverMs: number): void {
    this.learntAt = this.monotonic();
    this.offsetMs = serverMs - this.learntAt;
  }

  /** Milliseconds since the epoch; `null` if the server has not told its time lately. */
  now(): number | null {
    const at = this.monotonic();
    return at - this.learntAt > TRUSTED_MS ? null : Math.floor(at + this.offsetMs);
  }
}
