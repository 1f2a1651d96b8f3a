import type { Server } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { SilentConnections } from './silent-connections.js';

/** Requests in flight have this long to end once the server takes no more; then their connections are cut. */
const DRAIN_MS = 2_500;
/** How often it looks for connections on which nothing is asked. */
const CUT_EVERY_MS = 100;

/**
 * How an HTTP server goes away without a failed request: it serves on for a while, each answer with `Connection: close`, so that
 * those who send it requests go elsewhere; then it takes no more connections, ends the idle ones, and answers what it has.
 */
export class Departure {
  private readonly silent: SilentConnections;
  private begun = false;

  constructor(private readonly server: Server) {
    this.silent = new SilentConnections(server);
  }

  /** Whether connections are to be closed after their answer. */
  get hasBegun(): boolean {
    return this.begun;
  }

  /** Serves on for `delayMs`, then runs `close`, which ends the server; what is in flight has 2.5 s from then on. */
  async run(delayMs: number, close: () => Promise<void>): Promise<void> {
    this.begun = true;
    if (delayMs > 0) await pause(delayMs);
    const cutting = setInterval(() => {
      this.silent.cut();
    }, CUT_EVERY_MS);
    const timer = setTimeout(() => {
      this.server.closeAllConnections();
    }, DRAIN_MS);
    this.silent.cut();
    try {
      await close();
    } finally {
      clearInterval(cutting);
      clearTimeout(timer);
    }
  }
}
