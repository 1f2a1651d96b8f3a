/** That a process which said that it goes comes back: whoever has a call for it may wait for its new connection. */
export class AwaitedReturn<Result> {
  readonly promise: Promise<Result>;
  private resolve!: (result: Result) => void;
  private reject!: (error: unknown) => void;
  private readonly timer: NodeJS.Timeout;

  /** `onGivenUp` is called when it has not come within `withinMs`; its answer is what the waiting calls fail with. */
  constructor(withinMs: number, onGivenUp: () => Error) {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.promise.catch(() => undefined); // whoever waits hears of it
    this.timer = setTimeout(() => {
      this.reject(onGivenUp());
    }, withinMs).unref();
  }

  /** It is back. */
  meet(result: Result): void {
    clearTimeout(this.timer);
    this.resolve(result);
  }

  /** Nobody waits any more. */
  giveUp(error: unknown): void {
    clearTimeout(this.timer);
    this.reject(error);
  }
}
