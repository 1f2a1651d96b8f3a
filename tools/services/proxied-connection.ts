import { connect, type Socket } from 'node:net';
import { encodeCommand, takeCommands } from './resp.js';

/**
 * Answers a command, its name in lower case and its arguments as sent, with the raw text of a RESP reply such as
 * `-LOADING wait\r\n`. `null`: the server is to answer; on one connection it is always the one or always the other.
 */
export type Answer = (command: readonly string[]) => string | null;

/** What a proxy does with the bytes that pass; what each means stands at the methods of `TcpProxy`. */
export type Traffic =
  | { readonly kind: 'forward' }
  | { readonly kind: 'swallow'; readonly what: 'everything' | 'answers' }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'subscribers'; readonly fate: 'cut' | 'silent' }
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
      if (this.vanish(this.traffic())) this.lossy = true;
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
      case 'subscribers':
        if (this.subscriber && traffic.fate === 'cut') this.cut();
        else this.send(bytes, 0);
        break;
      case 'answer':
        this.answer(bytes, traffic.answer);
        break;
    }
  }

  /** Whether what the server says is lost. */
  private vanish(traffic: Traffic): boolean {
    return traffic.kind === 'swallow' || (traffic.kind === 'subscribers' && this.subscriber);
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
    for (const command of commands) {
      const [name = '', ...args] = command;
      const reply = answer([name.toLowerCase(), ...args]);
      if (reply === null) this.send(encodeCommand(command), 0);
      else this.client.write(reply);
    }
  }
}
