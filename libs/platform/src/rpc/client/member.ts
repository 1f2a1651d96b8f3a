import { AwaitedReturn } from './awaited-return.js';
import { Connection, type ConnectionOwner, type UpstreamAddress } from './connection.js';
import { Shield, type ShieldState } from './shield.js';
import { TransportFailure } from './transport-failure.js';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 500;
/** How long a process that said that it goes is expected back: longer than a service takes to start on a quiet machine. */
export const RETURN_MS = 3_000;

/**
 * One process of an upstream, by its address. Keeps one connection to it open: connects when first asked, and from then on
 * again by itself, at once when a connection that had served ends, else after a pause of 50 ms that doubles up to 500 ms, or
 * stays as it is while the process is expected back. Its shield stands before it alone.
 */
export class Member implements ConnectionOwner {
  private readonly shield: Shield;
  private connection: Connection | undefined;
  /** Those that the process has told to go, until they have ended. */
  private readonly old = new Set<Connection>();
  private opening: Promise<Connection> | undefined;
  private pause: NodeJS.Timeout | undefined;
  private awaited: AwaitedReturn<Connection> | undefined;
  private failures = 0;
  private lastFailure: unknown;
  private closed = false;

  /** `onChange` is called with each new state of its shield. */
  constructor(
    private readonly address: UpstreamAddress,
    onChange: () => void,
  ) {
    this.shield = new Shield((state) => {
      if (state === 'open') this.connection?.destroy(); // a dead peer's connection can look alive for minutes
      onChange();
    });
  }

  get state(): ShieldState {
    return this.shield.state;
  }

  /** Whether a connection is open. */
  get open(): boolean {
    return this.connection !== undefined;
  }

  /** Whether nothing went wrong since its last answer. */
  get untroubled(): boolean {
    return this.failures === 0;
  }

  /** Whether it said that it goes, and may be back any moment. */
  get expected(): boolean {
    return this.awaited !== undefined;
  }

  /** The less, the rather it is called: calls in flight; less than any for one that is due for a trial; Infinity without a connection. */
  get burden(): number {
    if (this.connection === undefined) return Infinity;
    if (this.shield.state === 'closed') return this.connection.inFlight;
    return this.shield.trialDue ? -1 : Number.MAX_SAFE_INTEGER;
  }

  /** Resolves when a connection is open. @throws {TransportFailure} `unreachable`; at once between two attempts */
  async connected(): Promise<void> {
    if (this.connection !== undefined) return;
    if (this.closed) throw this.unreachable();
    if (this.awaited !== undefined) await this.awaited.promise;
    else if (this.pause !== undefined) throw this.unreachable();
    else await (this.opening ?? this.connect());
  }

  /**
   * Runs one exchange over the open connection.
   * @throws {TransportFailure} `refused` or `unreachable` without running it; and whatever it throws
   */
  async run<Result>(exchange: (connection: Connection) => Promise<Result>): Promise<Result> {
    const { connection } = this;
    if (connection === undefined) throw this.unreachable();
    const result = await this.shield.run(() => exchange(connection));
    this.failures = 0;
    return result;
  }

  /** Ends its connections for good. */
  close(): void {
    this.closed = true;
    clearTimeout(this.pause);
    this.pause = undefined;
    this.awaited?.giveUp(this.unreachable());
    this.awaited = undefined;
    for (const connection of [this.connection, ...this.old]) connection?.destroy();
  }

  lost(connection: Connection): void {
    this.old.delete(connection);
    if (this.connection !== connection) return;
    this.connection = undefined;
    if (!this.closed) this.replace(connection);
  }

  leaving(connection: Connection): void {
    this.old.add(connection);
    if (this.connection !== connection) return;
    this.connection = undefined;
    if (this.closed) return;
    if (this.replace(connection)) this.expectReturn();
  }

  /** @returns whether the connection had proved itself, and another one is being opened at once */
  private replace(connection: Connection): boolean {
    const proven = this.untroubled || connection.ageMs > LONGEST_PAUSE_MS;
    this.failures = proven ? 1 : this.failures + 1;
    if (proven) void this.connect();
    else this.connectLater();
    return proven;
  }

  private expectReturn(): void {
    this.awaited ??= new AwaitedReturn(RETURN_MS, () => {
      this.awaited = undefined;
      return this.unreachable();
    });
  }

  private connect(): Promise<Connection> {
    const opening = this.tryToConnect();
    opening.catch(() => undefined); // whoever waits for it hears of it
    this.opening = opening;
    return opening;
  }

  private async tryToConnect(): Promise<Connection> {
    try {
      const connection = await Connection.open(this.address, this);
      this.connection = connection;
      if (this.closed) connection.destroy();
      this.awaited?.meet(connection);
      this.awaited = undefined;
      return connection;
    } catch (error) {
      this.lastFailure = error;
      this.failures += 1;
      this.connectLater();
      throw error;
    } finally {
      this.opening = undefined;
    }
  }

  private connectLater(): void {
    if (this.closed) return;
    const doubled = this.expected ? FIRST_PAUSE_MS : FIRST_PAUSE_MS * 2 ** (this.failures - 1);
    this.pause = setTimeout(
      () => {
        this.pause = undefined;
        void this.connect();
      },
      Math.min(LONGEST_PAUSE_MS, doubled) * (0.8 + 0.2 * Math.random()), // many callers of one upstream do not come back together
    ).unref();
  }

  private unreachable(): TransportFailure {
    return new TransportFailure('unreachable', 0, { cause: this.lastFailure });
  }
}
