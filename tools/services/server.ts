/** A server that this process started for itself, on 127.0.0.1. It ends with this process, whichever way that ends. */
export interface Server {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Its process id; -1 while it is down. */
  readonly pid: number;
  /** Ends it for good and removes its folder. Harmless when repeated. */
  stop(): Promise<void>;
  /** kill -9. What it had on disk stays for {@link restart}. */
  kill(): Promise<void>;
  /** SIGSTOP: connections stay open, nothing answers. */
  pause(): Promise<void>;
  /** SIGCONT after {@link pause}. */
  resume(): Promise<void>;
  /** Stops it if it runs, and starts it on the same port with what is on its disk; `empty` clears that first. */
  restart(options?: { empty?: boolean }): Promise<void>;
}
