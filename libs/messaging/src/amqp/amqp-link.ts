import { connect, type ChannelModel } from 'amqplib';
import { BrokerUnavailable } from '../publisher.js';
import { pause, reconnectDelayMs, within } from '../timing.js';

const CONNECT_TIMEOUT_MS = 3_000;
const SETUP_TIMEOUT_MS = 5_000;
const GOODBYE_MS = 1_000;
const HURRIED_GOODBYE_MS = 100;
const HEARTBEAT_SECONDS = 10;
const STABLE_AFTER_MS = 1_000;

/** What an {@link AmqpLink} keeps open. */
export interface AmqpLinkOptions<Session> {
  /** `amqp://` or `amqps://`, with user, password and virtual host. Never part of an error. */
  readonly url: string;
  /** Shown by the broker beside the connection. */
  readonly name: string;
  /** Makes a session on a fresh connection; calls `lose` when the session is of no more use. */
  readonly open: (model: ChannelModel, lose: (reason: Error) => void) => Promise<Session>;
  /** Called when a session begins (`reason` is `null`) and when it has ended. */
  readonly changed?: (session: Session | null, reason: string | null) => void;
}

/**
 * Keeps one connection with one session on it. Whatever goes wrong, be it the connection, a channel or a consumer
 * that the broker cancelled, is mended in one way: drop the connection, wait a little, start over.
 */
export class AmqpLink<Session> {
  private current: Session | null = null;
  private problem = 'not connected yet';
  private drop: (reason: Error) => void = () => undefined;
  private readonly stop = new AbortController();
  private readonly waiters = new Set<(session: Session) => void>();
  private running: Promise<void> | null = null;

  constructor(private readonly options: AmqpLinkOptions<Session>) {}

  /** The session, or `null` while there is none. */
  get session(): Session | null {
    return this.current;
  }

  /** Begins to connect, in the background. */
  start(): void {
    this.running ??= this.run();
  }

  /** The session, as soon as there is one. @throws {BrokerUnavailable} after `timeoutMs`, saying what stood in the way */
  async ready(timeoutMs: number): Promise<Session> {
    if (this.current !== null) return this.current;
    let waiter: (session: Session) => void = () => undefined;
    const session = new Promise<Session>((resolve) => {
      waiter = resolve;
      this.waiters.add(waiter);
    });
    return within(session, timeoutMs, () => this.unavailable()).finally(() => this.waiters.delete(waiter));
  }

  /** Drops a connection that cannot be trusted any more; the next one is made at once. */
  restart(reason: Error): void {
    this.drop(reason);
  }

  /** The error for a caller who needs a session now. */
  unavailable(): BrokerUnavailable {
    return new BrokerUnavailable(`RabbitMQ at ${addressOf(this.options.url)} cannot be used: ${this.problem}`);
  }

  /** Ends the session, with a goodbye to the broker if it answers within a second. */
  async close(): Promise<void> {
    this.stop.abort();
    this.drop(new Error('closed by us'));
    await this.running;
  }

  private async run(): Promise<void> {
    for (let attempt = 0; !this.stop.signal.aborted; attempt += 1) {
      const began = Date.now();
      const reason = await this.runOnce().catch((error: unknown) => asError(error));
      this.problem = reason.message;
      if (Date.now() - began > STABLE_AFTER_MS) attempt = 0;
      this.options.changed?.(null, this.problem);
      await pause(reconnectDelayMs(attempt), this.stop.signal);
    }
  }

  /** One connection from its beginning to its end; answers why it ended. */
  private async runOnce(): Promise<Error> {
    const kill = new AbortController();
    try {
      this.drop = (reason) => {
        kill.abort(reason);
      };
      const model = await this.connect(kill.signal);
      const ended = this.endOf(model);
      const lost = ended.then((reason) => Promise.reject(reason));
      const opening = Promise.race([this.options.open(model, this.drop), lost]);
      this.begin(await within(opening, SETUP_TIMEOUT_MS, () => new Error('no answer while declaring')));
      const reason = await ended;
      this.current = null;
      const goodbyeMs = this.stop.signal.aborted ? GOODBYE_MS : HURRIED_GOODBYE_MS;
      await within(model.close(), goodbyeMs, () => reason).catch(() => undefined);
      return reason;
    } finally {
      kill.abort();
    }
  }

  /** Resolves when the connection breaks, or is dropped. */
  private endOf(model: ChannelModel): Promise<Error> {
    return new Promise((resolve) => {
      this.drop = resolve;
      model.on('error', resolve);
      model.on('close', (error?: Error) => {
        resolve(error ?? new Error('connection closed'));
      });
    });
  }

  private begin(session: Session): void {
    this.current = session;
    this.options.changed?.(session, null);
    for (const resolve of this.waiters) resolve(session);
  }

  private connect(signal: AbortSignal): Promise<ChannelModel> {
    const url = new URL(this.options.url);
    if (!url.searchParams.has('heartbeat')) url.searchParams.set('heartbeat', `${HEARTBEAT_SECONDS}`);
    // `signal` reaches the socket, the only way to end a connection whose other side is silent.
    const socket = { noDelay: true, timeout: CONNECT_TIMEOUT_MS, signal };
    return connect(url.href, { ...socket, clientProperties: { connection_name: this.options.name } });
  }
}

function addressOf(url: string): string {
  return new URL(url).host;
}

function asError(value: unknown): Error {
  return value instanceof Error ? value : new Error(String(value));
}
