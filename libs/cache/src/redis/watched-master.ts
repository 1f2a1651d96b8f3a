import { Redis } from 'ioredis';
import type { ClientOptions } from './client-options.js';
import { CONNECT_TIMEOUT_MS, reconnectDelayMs } from './patience.js';
import type { RedisAddress } from './redis-settings.js';

const SWITCH = '+switch-master';

/** What to watch: the master of this name, and how to get into the Sentinels. */
interface Watch {
  readonly sentinels: readonly RedisAddress[];
  readonly name: string;
  readonly access: Pick<ClientOptions, 'username' | 'password' | 'tls'>;
}

/**
 * A client of whichever server the Sentinels call the master, which goes to a new one as soon as any of them says so. The
 * plain client stays with the old one, if that lives, until a Sentinel has made it a replica, some ten seconds later: what it
 * writes there is lost. While there is no connection to a master, it also reports why a Sentinel cannot be asked.
 */
export class WatchedMaster extends Redis {
  private readonly watchers: readonly Redis[];

  /** @param given `lazyConnect` among them */
  constructor(given: ClientOptions, sought: Watch) {
    const { sentinels, name, access } = sought;
    super({ ...given, sentinels: [...sentinels], name });
    // Another client of the same kind: a subscription has to follow a promotion too. No method, because ioredis 5 and 6 type it differently.
    const duplicate = (override?: ClientOptions): WatchedMaster => new WatchedMaster({ ...given, ...override }, sought);
    Object.assign(this, { duplicate });
    this.watchers = sentinels.map(({ host, port }) => this.watcherAt(name, { ...access, host, port }));
    this.on('connecting', () => {
      for (const watcher of this.watchers) {
        if (watcher.status === 'wait' || watcher.status === 'end') watcher.subscribe(SWITCH).catch(() => undefined);
      }
    });
    this.on('end', () => {
      this.stopWatching();
    });
  }

  override disconnect(reconnect = false): void {
    shelterHandshake(this);
    super.disconnect(reconnect);
    if (!reconnect) this.stopWatching(); // between two attempts to connect no `end` follows
  }

  private stopWatching(): void {
    for (const watcher of this.watchers) {
      shelterHandshake(watcher);
      watcher.disconnect();
    }
  }

  private watcherAt(name: string, place: ClientOptions): Redis {
    const watcher = new Redis({ ...place, ...PATIENT });
    watcher.on('error', (error) => {
      if (this.status !== 'ready' && this.status !== 'end') this.emit('error', error);
    });
    watcher.on('message', (_channel, text: string) => {
      if (this.isElsewhere(text, name)) this.disconnect(true);
    });
    return watcher;
  }

  /**
   * Whether a message "name, old host, old port, new host, new port" sends this connection elsewhere. Every Sentinel says so
   * in its own time, and one that does not know yet still names the old master: each message counts until the connection is right.
   */
  private isElsewhere(text: string, name: string): boolean {
    const [about, , , host, port] = text.split(' ');
    if (about !== name || this.status !== 'ready') return false;
    return this.stream.remotePort !== Number(port) || this.stream.remoteAddress !== host;
  }
}

const PATIENT = {
  lazyConnect: true,
  enableReadyCheck: false,
  maxRetriesPerRequest: null,
  connectTimeout: CONNECT_TIMEOUT_MS,
  keepAlive: 5_000,
  retryStrategy: reconnectDelayMs,
} satisfies ClientOptions;

/** A TLS handshake that is given up may fail after that, when the client listens to its stream no more: the process would end of it. */
function shelterHandshake({ stream }: { readonly stream?: Redis['stream'] }): void {
  stream?.on('error', () => undefined);
}
