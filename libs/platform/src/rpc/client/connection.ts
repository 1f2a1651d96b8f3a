import type { Socket } from 'node:net';
import { ClientTCP, type PacketId, type ReadPacket, type TcpSocket, type WritePacket } from '@nestjs/microservices';
import type { Observable } from 'rxjs';
import { HELLO, isGoingAway, STOPPING } from '../notices.js';
import { isRecord } from '../record.js';
import { FrameTooLong, RpcSocket } from '../rpc-socket.js';
import type { UpstreamTls } from '../tls/upstream-tls.js';
import { TransportFailure } from './transport-failure.js';

/** Where an upstream listens. With `tls`, only over TLS. */
export interface UpstreamAddress {
  readonly host: string;
  readonly port: number;
  readonly tls?: UpstreamTls;
}

/** Who hears of the end of an open {@link Connection}. */
export interface ConnectionOwner {
  /** The connection has ended, for whatever reason. Called once. */
  lost(connection: Connection): void;
  /** The upstream goes away; the connection takes no more calls, and ends by itself after its last answer. Called once. */
  leaving(connection: Connection): void;
}

const CONNECT_TIMEOUT_MS = 1_000;
const KEEP_ALIVE_MS = 10_000;

/** One connection to an upstream, over Nest's TCP client. Opened once; when it is lost it stays lost. */
export class Connection extends ClientTCP {
  private readonly openedAtMs = performance.now();
  private owner: ConnectionOwner | undefined;
  private lastId = 0;
  private calls = 0;
  private lostAlready = false;
  private leavesAlready = false;

  private constructor(private readonly address: UpstreamAddress) {
    const { host, port, tls } = address;
    super({
      host,
      port,
      socketClass: RpcSocket,
      deserializer: { deserialize: (packet: unknown) => packet as never },
      ...(tls && { tlsOptions: tls.options() }),
    });
  }

  /**
   * Connects, and waits until the upstream answers there, in at most a second; until then no call can get lost in a process
   * that has stopped accepting, or does nothing.
   *
   * @throws {TransportFailure} `unreachable`
   */
  static async open(address: UpstreamAddress, owner: ConnectionOwner): Promise<Connection> {
    const connection = new Connection(address);
    const connecting = connection.connect() as Promise<void>;
    const socket = connection.unwrap<Socket>();
    const timer = setTimeout(() => socket.destroy(new Error('no answer to the connect')), CONNECT_TIMEOUT_MS);
    try {
      await connecting;
      await connection.exchange(HELLO, null, CONNECT_TIMEOUT_MS);
    } catch (error) {
      if (!(error instanceof TransportFailure)) address.tls?.failed(error);
      socket.destroy();
      throw new TransportFailure('unreachable', 0, { cause: error });
    } finally {
      clearTimeout(timer);
    }
    if (connection.lostAlready || connection.leavesAlready) throw new TransportFailure('unreachable');
    connection.owner = owner;
    return connection;
  }

  /** How many calls wait for their answers. */
  get inFlight(): number {
    return this.calls;
  }

  /** Milliseconds since it was opened. */
  get ageMs(): number {
    return performance.now() - this.openedAtMs;
  }

  /**
   * Sends a call and waits `waitMs` for its answer, as the upstream wrote it. A late answer is dropped.
   * @throws {TransportFailure} `unanswered`, `connection lost` or `stopping`; @throws {FrameTooLong} unsent
   */
  exchange(pattern: string, data: unknown, waitMs: number): Promise<WritePacket> {
    return new Promise((resolve, reject) => {
      let forget = (): void => undefined; // stays so when nothing could be sent: then the callback runs at once
      const timer = setTimeout(() => {
        forget();
        reject(new TransportFailure('unanswered', waitMs));
        this.settled();
      }, waitMs);
      this.calls += 1;
      forget = this.publish({ pattern, data }, (packet) => {
        clearTimeout(timer);
        forget();
        const failure = this.failureIn(packet);
        if (failure === null) resolve(packet);
        else reject(failure);
        this.settled();
      });
    });
  }

  /** Ends the connection now; calls in flight fail with `connection lost`. */
  destroy(): void {
    this.socket?.netSocket.destroy();
  }

  override createSocket(): TcpSocket {
    const socket = super.createSocket();
    socket.netSocket.setKeepAlive(true, KEEP_ALIVE_MS);
    return socket;
  }

  /** Over TLS a connection stands once the peer has shown who it is. */
  override connect$(socket: object, errorEvent = 'error'): Observable<unknown> {
    return super.connect$(socket, errorEvent, this.address.tls ? 'secureConnect' : 'connect');
  }

  override async handleResponse(message: unknown): Promise<void> {
    if (isGoingAway(message)) this.leave();
    else await super.handleResponse(message);
  }

  override handleClose(): void {
    super.handleClose();
    if (this.lostAlready) return;
    this.lostAlready = true;
    this.owner?.lost(this);
  }

  /** Every failure reaches the calls it concerns; Nest would log it besides. What a peer has against us is told by nobody else. */
  override handleError(error: unknown): void {
    this.address.tls?.failed(error);
  }

  protected override assignPacketId(packet: ReadPacket): ReadPacket & PacketId {
    this.lastId += 1;
    return Object.assign(packet, { id: String(this.lastId) });
  }

  /** What keeps an answer from being one; `null` when it is one. */
  private failureIn({ err }: WritePacket): Error | null {
    if (err instanceof Error) return localFailure(err);
    if (!isRecord(err) || err.code !== STOPPING) return null;
    this.leave();
    return new TransportFailure('stopping');
  }

  private settled(): void {
    this.calls -= 1;
    if (this.leavesAlready) this.endIfIdle();
  }

  private leave(): void {
    if (this.leavesAlready) return;
    this.leavesAlready = true;
    this.owner?.leaving(this);
    this.endIfIdle();
  }

  private endIfIdle(): void {
    if (this.calls === 0) this.socket?.end();
  }
}

/** Nest reports an ended connection as an error of its own; what cannot be put on the wire stays as it is. */
function localFailure(error: Error): Error {
  if (error instanceof FrameTooLong || error instanceof TypeError) return error;
  return new TransportFailure('connection lost', 0, { cause: error });
}
