import { createServer, type Server as Listener, type Socket } from 'node:net';
import { freePort } from './ports.js';
import { ProxiedConnection, type Answer, type Traffic } from './proxied-connection.js';

/**
 * A way to a server on 127.0.0.1 that a test can break and mend. Each fault lasts until the next call;
 * {@link forward} ends them all.
 */
export class TcpProxy {
  readonly host = '127.0.0.1';
  private readonly connections = new Set<ProxiedConnection>();
  private traffic: Traffic = { kind: 'forward' };
  private listener: Listener | null = null;

  private constructor(
    readonly port: number,
    private readonly target: { readonly host: string; readonly port: number },
  ) {}

  /** Listens on `port`, a free one unless given, and forwards to `target`, which need not be up. */
  static async start(target: { readonly host: string; readonly port: number }, port?: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(port ?? (await freePort()), target);
    await proxy.listen();
    return proxy;
  }

  /** Back to normal. Connections on which bytes have vanished are cut, as their ends would misunderstand each other. */
  async forward(): Promise<void> {
    this.traffic = { kind: 'forward' };
    this.cut((connection) => connection.lossy);
    await this.listen();
  }

  /** Cuts all connections and refuses new ones. */
  async refuse(): Promise<void> {
    const { listener } = this;
    this.listener = null;
    const closed = listener && new Promise((resolve) => listener.close(resolve));
    this.cut();
    await closed;
  }

  /** Takes connections and bytes, and lets nothing through; of `'answers'` only what the server says vanishes. */
  swallow(what: 'everything' | 'answers'): void {
    this.traffic = { kind: 'swallow', what };
  }

  /** Passes what the client says on `ms` milliseconds later: the server does everything, late. */
  delay(ms: number): void {
    this.traffic = { kind: 'delay', ms };
  }

  /** Cuts the connections that have subscribed to anything, and each one that will; the others work. */
  cutSubscribers(): void {
    this.traffic = { kind: 'subscribers', fate: 'cut' };
    this.cut(({ subscriber }) => subscriber);
  }

  /** Lets vanish what the server says on connections that have subscribed to anything; the others work. */
  muteSubscribers(): void {
    this.traffic = { kind: 'subscribers', fate: 'silent' };
  }

  /** Answers commands itself, in the server's place. To be called, as {@link forward} after it, when no answer is owed. */
  answer(answer: Answer): void {
    this.traffic = { kind: 'answer', answer };
  }

  /** Cuts the connections there are, and takes new ones as before. */
  cut(which: (connection: ProxiedConnection) => boolean = () => true): void {
    for (const connection of this.connections) if (which(connection)) connection.cut();
  }

  /** Cuts everything and gives the port back. */
  async stop(): Promise<void> {
    await this.refuse();
  }

  private listen(): Promise<void> {
    if (this.listener) return Promise.resolve();
    const listener = createServer((client) => {
      this.accept(client);
    });
    this.listener = listener;
    return new Promise((resolve, reject) => {
      listener.once('error', reject).listen(this.port, this.host, resolve);
    });
  }

  private accept(client: Socket): void {
    const connection: ProxiedConnection = new ProxiedConnection(
      client,
      this.target,
      () => this.traffic,
      () => this.connections.delete(connection),
    );
    this.connections.add(connection);
  }
}
