import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * The connections of a server on which nothing has been asked yet, such as those that browsers open in advance.
 * Node does not count them as idle: a server that stops would wait for them.
 */
export class SilentConnections {
  private readonly sockets = new Set<Socket>();

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
    server.on('request', ({ socket }: IncomingMessage) => this.sockets.delete(socket));
  }

  /** Ends them all. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }
}
