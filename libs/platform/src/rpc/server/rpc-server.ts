import type { AddressInfo, Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Server as TlsServer, TLSSocket } from 'node:tls';
import {
  ServerTCP,
  type MessageHandler,
  type TcpContext,
  type TcpSocket,
  type WritePacket,
} from '@nestjs/microservices';
import { Answer } from '../answer.js';
import type { AnswerEnvelope, Refusal } from '../envelope.js';
import { GOING_AWAY, HELLO, STOPPING } from '../notices.js';
import { isRecord } from '../record.js';
import type { ServiceTls } from '../tls/service-tls.js';
import { AnswerSocket } from './answer-socket.js';
import { admittedCall } from './incoming-call.js';
import { Outstanding } from './outstanding.js';
import { recognise, renewWith, serverOptions } from './secured.js';

/** Where an {@link RpcServer} listens. Port 0 takes a free one. With `tls`, only over TLS, to callers with a certificate. */
export interface RpcServerAddress {
  readonly host: string;
  readonly port: number;
  readonly tls?: ServiceTls;
}

/** How long callers have to leave a stopping server, which answers them meanwhile as before. */
const FAREWELL_MS = 1_000;
/** How long it waits after that for the calls in flight: together longer than any caller's usual deadline. */
const DRAIN_MS = 4_000;

/** Every caller keeps one. */
const MAX_CONNECTIONS = 1_000;

const TOO_LATE: Refusal = { code: 'UNAVAILABLE', detail: 'It waited until its time was over' };
const NOT_RUN: Refusal = { code: STOPPING, detail: 'The service is stopping', retryAfterSeconds: 1 };

/** Nest's TCP server, with limits on what strangers may send, and an end at which no call is lost. */
export class RpcServer extends ServerTCP {
  private readonly calls = new Outstanding();
  private readonly connections = new Outstanding<AnswerSocket>();
  private stage: 'serving' | 'leaving' | 'refusing' = 'serving';
  private callers: ReadonlySet<string> = new Set();

  constructor({ host, port, tls }: RpcServerAddress) {
    super({
      host,
      port,
      socketClass: AnswerSocket,
      serializer: { serialize: wrapAnswer },
      deserializer: { deserialize: (packet: unknown) => packet as never },
      ...(tls && { tlsOptions: serverOptions(tls.current()) }),
    });
    this.server.maxConnections = MAX_CONNECTIONS;
    if (tls && this.server instanceof TlsServer) this.secure(this.server, tls);
    this.setOnProcessingStartHook((_transport, context, done) => {
      this.calls.add(context);
      return done() as unknown as undefined; // Nest awaits it, though its type says otherwise
    });
    this.setOnProcessingEndHook((_transport, context) => {
      this.calls.delete(context);
      this.log(context as TcpContext);
    });
  }

  /** The port in use. @throws {Error} before it listens */
  get boundPort(): number {
    const address = this.server.address() as AddressInfo | null;
    if (address === null) throw new Error('The RPC server does not listen yet');
    return address.port;
  }

  /** Over TLS, lets in only whose certificate names one of these services. */
  admitOnly(callers: Iterable<string>): void {
    this.callers = new Set(callers);
  }

  /** Calls back with the error when it cannot listen, whatever the reason. */
  override listen(callback: (error?: unknown) => void): void {
    this.server.once('error', callback);
    this.server.listen(this.port, this.host, () => {
      this.server.off('error', callback);
      callback();
    });
  }

  /**
   * Tells every caller that it goes, and serves on until they have left. Whoever calls on after a second is told that the call
   * was not run. Resolves when the calls in flight are answered, at the latest after five seconds.
   */
  async drain(): Promise<void> {
    this.server.close();
    this.stage = 'leaving';
    for (const connection of this.connections) connection.sendMessage(GOING_AWAY);
    await this.connections.none(FAREWELL_MS);
    this.stage = 'refusing';
    const lastMs = performance.now() + DRAIN_MS;
    do {
      await this.calls.none(DRAIN_MS);
      await nextTurn(); // the last answers are written at the end of this turn, and calls that waited are refused in it
      await nextTurn();
    } while ([...this.connections].some(({ hasWaiting }) => hasWaiting) && performance.now() < lastMs);
  }

  /** What is not a call ends its connection: nobody of ours sends it. */
  override async handleMessage(socket: TcpSocket, message: unknown): Promise<void> {
    if (!isRecord(message) || typeof message.id !== 'string' || typeof message.pattern !== 'string') {
      socket.netSocket.destroy();
    } else if (this.stage === 'refusing') {
      socket.sendMessage({ id: message.id, err: NOT_RUN, isDisposed: true });
    } else if (isLate(message, (socket as AnswerSocket).waitedMs)) {
      socket.sendMessage({ id: message.id, err: TOO_LATE, isDisposed: true });
    } else if (message.pattern === HELLO) {
      socket.sendMessage({ id: message.id, response: null, isDisposed: true });
    } else {
      await super.handleMessage(socket, message);
    }
  }

  /** A certificate of the authority is not enough: it may be that of a service which calls nobody here. */
  override bindHandler(socket: Socket): void {
    if (!(socket instanceof TLSSocket) || recognise(socket, this.callers)) {
      super.bindHandler(socket);
    } else {
      this.logStranger('its certificate names no caller', socket.remoteAddress);
      socket.destroy();
    }
  }

  /** Patterns are plain text here; Nest would first try each as JSON, at the price of an exception per call. */
  override getHandlerByPattern(pattern: string): MessageHandler | null {
    return this.messageHandlers.get(pattern) ?? null;
  }

  protected override getSocketInstance(socket: Socket): TcpSocket {
    const connection = super.getSocketInstance(socket) as AnswerSocket;
    this.connections.add(connection);
    socket.once('close', () => {
      this.connections.delete(connection);
    });
    if (this.stage !== 'serving') connection.sendMessage(GOING_AWAY);
    return connection;
  }

  private secure(server: TlsServer, tls: ServiceTls): void {
    renewWith(server, tls);
    server.on('tlsClientError', ({ message }, socket) => {
      const code: unknown = socket.authorizationError; // a text, whatever its type says
      this.logStranger(typeof code === 'string' ? code : message, socket.remoteAddress);
      socket.destroy(); // Node leaves one open that was only slow
    });
  }

  private logStranger(reason: string, address: string | undefined): void {
    this.logger.debug?.({ message: 'a connection was refused', reason, address }, 'Rpc');
  }

  /** One line per admitted call; who refuses or fails one says so itself. */
  private log(context: TcpContext): void {
    const call = admittedCall(context);
    if (call === undefined) return;
    const { requestId, traceparent } = call;
    this.logger.debug?.(
      { message: 'call', pattern: context.getPattern(), requestId, traceparent, ms: Math.round(call.elapsedMs()) },
      'Rpc',
    );
  }

  /** What a stranger sent may hold secrets, and the errors that Nest makes of it quote it. */
  protected override handleError(): void {
    this.logger.debug?.('a connection was reset or broke the framing', 'Rpc');
  }
}

/** Whether a call's time went by before it was begun: nobody waits for it any more, so a change must not be made. */
function isLate({ data }: Readonly<Record<string, unknown>>, waitedMs: number): boolean {
  const deadlineMs = isRecord(data) && isRecord(data.meta) ? data.meta.deadlineMs : undefined;
  return typeof deadlineMs === 'number' && waitedMs >= deadlineMs;
}

function wrapAnswer(packet: WritePacket): unknown {
  if (packet.err !== undefined) return packet;
  const response = packet.response as unknown;
  const envelope = response instanceof Answer ? envelopeOf(response) : { data: response ?? null };
  return { ...packet, response: envelope };
}

function envelopeOf({ data, cache, freshness, versions }: Answer<unknown>): AnswerEnvelope {
  return {
    data,
    ...(cache.length > 0 && { cache }),
    ...(freshness !== 'applied' && { freshness }),
    ...(Object.keys(versions).length > 0 && { versions }),
  };
}
