import type { Socket } from 'node:net';
import { ClientTCP, type PacketId, type ReadPacket, type TcpSocket, type WritePacket } from '@nestjs/microservices';
import type { Observable } from 'rxjs';
import { FrameTooLong, RpcSocket } from '../rpc-socket.js';
import type { UpstreamTls } from '../tls/upstream-tls.js';
import { TransportFailure } from './transport-failure.js';

/** Where an upstream listens. With `tls`, only over TLS. */
export interface UpstreamAddress {
  readonly host: string;
  readonly port: number;
  readonly tls?: UpstreamTls;
}

const CONNECT_TIMEOUT_MS = 1_000;
const KEEP_ALIVE_MS = 10_000;

/** One connection to an upstream, over Nest's TCP client. Opened once; when it is lost it stays lost. */
export class Connection extends ClientTCP {
  private lastId = 0;
  private lostAlready = false;

  private constructor(
    private readonly address: UpstreamAddress,
    private readonly onLost: () => void,
  ) {
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
   * Connects, in at most a second. `onLost` is called once, when an open connection ends for whatever reason.
   * @throws {TransportFailure} `unreachable`
   */
  static async open(address: UpstreamAddress, onLost: () => void): Promise<Connection> {
    let opened = false;
    const connection = new Connection(address, () => {
      if (opened) onLost();
    });
    const connecting = connection.connect() as Promise<void>;
    const socket = connection.unwrap<Socket>();
    const timer = setTimeout(() => socket.destroy(new Error('no answer to the connect')), CONNECT_TIMEOUT_MS);
    try {
      await connecting;
    } catch (error) {
      address.tls?.failed(error);
      throw new TransportFailure('unreachable', 0, { cause: error });
    } finally {
      clearTimeout(timer);
    }
    if (connection.lostAlready) throw new TransportFailure('unreachable');
    opened = true;
    return connection;
  }

  /**
   * Sends a call and waits `waitMs` for its answer, as the upstream wrote it. A late answer is dropped.
   * @throws {TransportFailure} `unanswered` or `connection lost`; @throws {FrameTooLong} unsent
   */
  exchange(pattern: string, data: unknown, waitMs: number): Promise<WritePacket> {
    return new Promise((resolve, reject) => {
      let forget = (): void => undefined; // stays so when nothing could be sent: then the callback runs at once
      const timer = setTimeout(() => {
        forget();
        reject(new TransportFailure('unanswered', waitMs));
      }, waitMs);
      forget = this.publish({ pattern, data }, (packet) => {
        clearTimeout(timer);
        forget();
        if (packet.err instanceof Error) reject(localFailure(packet.err));
        else resolve(packet);
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

  override handleClose(): void {
    super.handleClose();
    if (this.lostAlready) return;
    this.lostAlready = true;
    this.onLost();
  }

  /** Every failure reaches the calls it concerns; Nest would log it besides. What a peer has against us is told by nobody else. */
  override handleError(error: unknown): void {
    this.address.tls?.failed(error);
  }

  protected override assignPacketId(packet: ReadPacket): ReadPacket & PacketId {
    this.lastId += 1;
    return { ...packet, id: String(this.lastId) };
  }
}

/** Nest reports an ended connection as an error of its own; what cannot be put on the wire stays as it is. */
function localFailure(error: Error): Error {
  if (error instanceof FrameTooLong || error instanceof TypeError) return error;
  return new TransportFailure('connection lost', 0, { cause: error });
}
