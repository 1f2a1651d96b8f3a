/** How long a window lasts in which uses are counted, in milliseconds. */
export const WINDOW_MS = 60_000;

/** What the count that all gateways share says of one client, after its uses here were added. */
export interface SharedUse {
  /** Uses in the running window, of all gateways. */
  readonly used: number;
  /** Until the window ends, in milliseconds. */
  readonly endsInMs: number;
}

/**
 * What one client has used of one limit in the running window, as this process knows it: what the shared count said last,
 * and what this process has let through since. All times are of one monotonic clock, in milliseconds.
 */
export class Usage {
  private used = 0;
  private unsettled = 0;
  private handedOver = 0;
  private endsAtMs = 0;

  /** Uses that the shared count has not been told of. */
  get owed(): number {
    return this.unsettled;
  }

  /** How many uses are left of `limit`; begins a new window if the last one has ended. */
  left(limit: number, nowMs: number): number {
    if (nowMs >= this.endsAtMs) {
      this.used = 0;
      this.unsettled = 0; // they were of the window that is over
      this.handedOver = 0;
      this.endsAtMs = nowMs + WINDOW_MS;
    }
    return Math.max(0, limit - this.used);
  }

  /** In how many seconds the window ends, at least 1. To be asked after {@link left}. */
  endsInSeconds(nowMs: number): number {
    return Math.max(1, Math.ceil((this.endsAtMs - nowMs) / 1_000));
  }

  /** Counts one use. */
  spend(): void {
    this.used += 1;
    this.unsettled += 1;
  }

  /** Hands over the uses that the shared count is to be told of; {@link learn} or {@link keep} comes next. */
  handOver(): number {
    this.handedOver = this.unsettled;
    this.unsettled = 0;
    return this.handedOver;
  }

  /** The shared count has not said that it took what was handed over: it is owed still. At worst it counts twice. */
  keep(): void {
    this.unsettled += this.handedOver;
    this.handedOver = 0;
  }

  /** Takes the shared count's word, which knows of all uses but those since {@link handOver}. */
  learn({ used, endsInMs }: SharedUse, nowMs: number): void {
    this.handedOver = 0;
    this.used = used + this.unsettled;
    this.endsAtMs = nowMs + endsInMs;
  }
}
