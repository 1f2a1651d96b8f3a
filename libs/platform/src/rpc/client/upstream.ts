import { Connection, type UpstreamAddress } from './connection.js';
import { TransportFailure } from './transport-failure.js';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 500;
/** How long a call waits for a connection: while none has failed yet, and while they do. */
const PATIENCE_MS = 500;
const PATIENCE_IN_TROUBLE_MS = 100;

/**
 * Keeps one connection to an upstream open. Connects at the first call; from then on it connects again by itself, at once
 * when a connection that had served is lost, else after a pause of 50 ms that doubles up to 500 ms.
 */
export class Upstream {
  private connection: Connection | undefined;
  private opening: Promise<Connection> | undefined;
  private pause: NodeJS.Timeout | undefined;
  private failures = 0;
  private lastFailure: unknown;
  private closed = false;

  constructor(private readonly address: UpstreamAddress) {}

  /** The open connection; `undefined` when there is none now. */
  get current(): Connection | undefined {
    return this.connection;
  }

  /**
   * The open connection, waiting up to `waitMs` for one that is being opened.
   * @throws {TransportFailure} `unreachable`; at once between two attempts
   */
  async connected(waitMs: number): Promise<Connection> {
    if (this.connection !== undefined) return this.connection;
    if (this.closed || this.pause !== undefined) throw this.unreachable();
    const patienceMs = Math.min(waitMs, this.failures === 0 ? PATIENCE_MS : PATIENCE_IN_TROUBLE_MS);
    return this.orUnreachable(this.opening ?? this.open(), patienceMs);
  }

  /** Notes that the connection serves: the next loss is answered at once. */
  serves(): void {
    this.failures = 0;
  }

  /** Ends the connection and connects anew. */
  renew(): void {
    this.connection?.destroy();
  }

  /** Ends the connection for good. */
  close(): void {
    this.closed = true;
    clearTimeout(this.pause);
    this.pause = undefined;
    this.connection?.destroy();
  }

  private open(): Promise<Connection> {
    const opening = this.tryToOpen();
    opening.catch(() => undefined); // whoever waits for it hears of it
    this.opening = opening;
    return opening;
  }

  private async tryToOpen(): Promise<Connection> {
    try {
      const connection = await Connection.open(this.address, () => {
        this.lost();
      });
      if (this.closed) connection.destroy();
      this.connection = connection;
      return connection;
    } catch (error) {
      this.lastFailure = error;
      this.failures += 1;
      this.openLater();
      throw error;
    } finally {
      this.opening = undefined;
    }
  }

  private lost(): void {
    this.connection = undefined;
    if (this.closed) return;
    if (this.failures === 0) {
      this.failures = 1;
      void this.open();
    } else {
      this.failures += 1;
      this.openLater();
    }
  }

  private openLater(): void {
    if (this.closed) return;
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.failures - 1));
    this.pause = setTimeout(
      () => {
        this.pause = undefined;
        void this.open();
      },
      pauseMs * (0.8 + 0.2 * Math.random()), // many callers of one upstream do not come back together
    ).unref();
  }

  private async orUnreachable(opening: Promise<Connection>, patienceMs: number): Promise<Connection> {
    let timer: NodeJS.Timeout | undefined;
    const impatience = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(this.unreachable());
      }, patienceMs);
    });
    try {
      return await Promise.race([opening, impatience]);
    } finally {
      clearTimeout(timer);
    }
  }

  private unreachable(): TransportFailure {
    return new TransportFailure('unreachable', 0, { cause: this.lastFailure });
  }
}
