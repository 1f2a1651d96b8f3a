import { createHmac } from 'node:crypto';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

/** The fields of a passport, for forging. */
export interface Claims {
  issuer: string;
  audience: string;
  pattern: string;
  subject: string | null;
  roles: string[];
  session: string | null;
  issued: number;
  expiry: number;
}

/** A passport as the wire has it, made here from its description and not by the code under test. */
export function passport(key: string, claims: Claims): object {
  const { issuer, audience, pattern, subject, roles, session, issued, expiry } = claims;
  const text = JSON.stringify([issuer, audience, pattern, subject, roles, session, issued, expiry]);
  const mac = createHmac('sha256', key).update(text).digest('base64url');
  return { issuer, subject, roles, session, issued, expiry, mac };
}

/** Text in Nest's framing. */
export function frame(message: unknown): string {
  const text = JSON.stringify(message);
  return `${text.length}#${text}`;
}

/**
 * Writes `text` to a port, and returns what came back, and whether the peer broke the connection off.
 * Does not end it by itself, and goes on talking to a peer that has said goodbye.
 */
export async function shout(port: number, text: string, ms = 1_000): Promise<{ said: string; ended: boolean }> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let said = '';
  let ended = false;
  let talking: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    socket.on('data', (chunk) => {
      said += chunk.toString();
      clearTimeout(timer);
      setTimeout(resolve, 20);
    });
    socket.on('error', () => undefined);
    socket.on('end', () => {
      talking = setInterval(() => socket.write('still here'), 5);
    });
    socket.on('close', () => {
      ended = true;
      clearTimeout(timer);
      resolve();
    });
  });
  socket.write(text);
  await over;
  clearInterval(talking);
  socket.destroy();
  return { said, ended };
}

/** A TCP server that does `onMessage` for each chunk it receives, and counts chunks and connections. */
export class RawServer {
  received = 0;
  connections = 0;
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  constructor(onMessage: (socket: Socket, chunk: Buffer) => void, greeting: 'stay' | 'hang up' = 'stay') {
    this.server = createServer((socket) => {
      this.connections += 1;
      this.sockets.add(socket);
      if (greeting === 'hang up') socket.destroy();
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        this.received += 1;
        onMessage(socket, chunk);
      });
    });
  }

  async listen(): Promise<number> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }
}
