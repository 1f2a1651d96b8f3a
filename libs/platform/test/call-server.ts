import { frame, RawServer } from './wire.js';
import type { Socket } from 'node:net';

/** One call as it comes off the wire. */
export interface Heard {
  readonly id: string;
  readonly pattern: string;
}

/** Answers a call with a text, as a service would. */
export function answerCall(socket: Socket, { id }: Heard): void {
  socket.write(frame({ id, response: { data: 'answered' }, isDisposed: true }));
}

/** Answers a call with a refusal, as a service would. */
export function refuseCall(socket: Socket, { id }: Heard, code: string): void {
  socket.write(frame({ id, err: { code, detail: 'not now' }, isDisposed: true }));
}

/** A server that does `onCall` for each call that it hears, and counts them. It answers the hello, unless told not to. */
export class CallServer {
  heard = 0;
  private readonly raw: RawServer;
  private readonly texts = new WeakMap<Socket, string>();

  constructor(
    private readonly onCall: (socket: Socket, call: Heard) => void,
    private readonly greeting: 'hello' | 'nothing' = 'hello',
  ) {
    this.raw = new RawServer((socket, chunk) => {
      this.texts.set(socket, this.read(socket, (this.texts.get(socket) ?? '') + chunk.toString()));
    });
  }

  listen(): Promise<number> {
    return this.raw.listen();
  }

  close(): void {
    this.raw.close();
  }

  /** @returns what is no whole message yet */
  private read(socket: Socket, text: string): string {
    const start = text.indexOf('#') + 1;
    const end = start + parseInt(text, 10);
    if (start === 0 || text.length < end) return text;
    this.take(socket, JSON.parse(text.slice(start, end)) as Heard);
    return this.read(socket, text.slice(end));
  }

  private take(socket: Socket, call: Heard): void {
    if (call.pattern !== 'larder.hello') {
      this.heard += 1;
      this.onCall(socket, call);
    } else if (this.greeting === 'hello') {
      socket.write(frame({ id: call.id, response: null, isDisposed: true }));
    }
  }
}
