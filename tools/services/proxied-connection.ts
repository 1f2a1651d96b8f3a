import { connect, type Socket } from 'node:net';
import { takeCommands } from './resp.js';

/** Answers a command, in lower-case name and arguments as sent, with the raw text of a RESP reply such as `-LOADING wait\r\n`. */
export type Answer = (command: readonly string[]) => string;

/** What a proxy does with the bytes that pass; what each means stands at the methods of `TcpProxy`. */
export type Traffic =
  | { readonly kind: 'forward' }
  | { readonly kind: 'swallow'; readonly what: 'everything' | 'answers' }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'answer'; readonly answer: Answer };

const SUBSCRIBE = /\r\n[ps]?subscribe\r\n/i;

/** A client's connection to a proxy, and the proxy's to the server in its name. When one ends, so does the other. */
export class ProxiedConnection {
  /** Whether the client has subscribed to anything. */
  subscriber = false;
  /** Whether bytes have vanished on the way, so that the two ends no longer agree on what was said. */
  lossy = false;
  private readonly server: Socket;
  private readonly late: { readonly bytes: Buffer; readonly atMs: number }[] = [];
  private timer: NodeJS.Timeout | null = null;
  /** The start of a command whose end has not arrived. */
  private begun: Buffer = Buffer.alloc(0);

  constructor(
    private readonly client: Socket,
    target: { readonly host: string; readonly port: number },
    private readonly traffic: () => Traffic,
    onEnd: () => void,
  ) {
    this.server = connect({ host: target.host, port: target.port, noDelay: true });
    client.setNoDelay(true);
    client.on('data', (bytes: Buffer) => {
      this.request(bytes);
    });
    this.server.on('data', (bytes: Buffer) => {
      if (this.traffic().kind === 'swallow') this.lossy = true;
      else if (client.writable) client.write(bytes);
    });
    for (const socket of [client, this.server]) {
      socket.on('error', () => undefined); // whatever it was, 'close' follows
      socket.on('close', () => {
        this.cut();
        onEnd();
      });
    }
  }

  /** Closes both sides; what is under way is lost. */
  cut(): void {
    if (this.timer) clearTimeout(this.timer);
    this.late.length = 0;
    this.client.destroy();
    this.server.destroy();
  }

  private request(bytes: Buffer): void {
    this.subscriber ||= SUBSCRIBE.test(bytes.toString('latin1'));
    const traffic = this.traffic();
    switch (traffic.kind) {
      case 'forward':
        this.send(bytes, 0);
        break;
      case 'delay':
        this.send(bytes, traffic.ms);
        break;
      case 'swallow':
        if (traffic.what === 'everything') this.lossy = true;
        else this.send(bytes, 0);
        break;
      case 'answer':
        this.answer(bytes, traffic.answer);
        break;
    }
  }

  /** In order: what need not wait itself waits for what was sent before. */
  private send(bytes: Buffer, afterMs: number): void {
    this.late.push({ bytes, atMs: performance.now() + afterMs });
    if (!this.timer) this.sendDue();
  }

  private sendDue(): void {
    this.timer = null;
    for (let first = this.late[0]; first; first = this.late[0]) {
      const waitMs = first.atMs - performance.now();
      if (waitMs > 0) {
        this.timer = setTimeout(() => {
          this.sendDue();
        }, Math.ceil(waitMs));
        return;
      }
      this.late.shift();
      if (this.server.writable) this.server.write(first.bytes);
    }
  }

  private answer(bytes: Buffer, answer: Answer): void {
    const { commands, rest } = takeCommands(Buffer.concat([this.begun, bytes]));
    this.begun = rest;
    for (const [name = '', ...rest] of commands) this.client.write(answer([name.toLowerCase(), ...rest]));
  }
}
