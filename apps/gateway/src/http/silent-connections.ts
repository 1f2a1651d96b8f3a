import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

/** A connection may be so young that its first request is still on its way, in milliseconds. */
const YOUNG_MS = 100;

/**
 * The connections of a server on which nothing has been asked yet, such as those that browsers open in advance.
 * Node does not count them as idle: a server that stops would wait for them.
 */
export class SilentConnections {
  private readonly openedAtMs = new Map<Socket, number>();

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      this.openedAtMs.set(socket, performance.now());
      socket.once('close', () => this.openedAtMs.delete(socket));
    });
    server.on('request', ({ socket }: IncomingMessage) => this.openedAtMs.delete(socket));
  }

  /** Ends those that have said nothing for 100 ms. */
  cut(): void {
    const youngerMs = performance.now() - YOUNG_MS;
    for (const [socket, atMs] of this.openedAtMs) if (atMs <= youngerMs) socket.destroy();
  }
}
