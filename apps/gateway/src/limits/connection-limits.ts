import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { holderOf, isWithin, plainAddress, type Network } from './networks.js';

/** How many connections a server holds. */
export interface ConnectionQuotas {
  readonly all: number;
  readonly perAddress: number;
  /** Are held only to the limit on all, since they come for many clients. */
  readonly proxies: readonly Network[];
}

/** Closes new connections of a server beyond a number in all, and beyond a number for each address. */
export class ConnectionLimits {
  /** Connections that were closed at once, by the limit that they exceeded. */
  readonly refused = { all: 0, address: 0 };
  private readonly open = new Map<string, number>();

  constructor(
    server: Server,
    private readonly quotas: ConnectionQuotas,
  ) {
    server.maxConnections = quotas.all;
    server.on('drop', () => {
      this.refused.all += 1;
    });
    server.on('connection', (socket: Socket) => {
      this.admit(socket);
    });
  }

  private admit(socket: Socket): void {
    const address = plainAddress(socket.remoteAddress ?? '');
    if (address === null || isWithin(address, this.quotas.proxies)) return;
    const holder = holderOf(address);
    const open = this.open.get(holder) ?? 0;
    if (open >= this.quotas.perAddress) {
      this.refused.address += 1;
      socket.destroy();
      return;
    }
    this.open.set(holder, open + 1);
    socket.once('close', () => {
      const left = (this.open.get(holder) ?? 1) - 1;
      if (left > 0) this.open.set(holder, left);
      else this.open.delete(holder);
    });
  }
}
