import { Redis } from 'ioredis';
import { leaveReplica } from './leave-replica.js';

/** Where a Redis is and how to get in. */
export interface RedisSettings {
  readonly host: string;
  readonly port: number;
  /** ACL user; the default user unless given. */
  readonly username?: string;
  readonly password?: string;
  /** TLS with the server's certificate verified; `ca` in PEM replaces the system's authorities. */
  readonly tls?: { readonly ca?: string };
  /** How long one command may take, in milliseconds; unlimited unless given, because a `Cache` has deadlines of its own. */
  readonly commandTimeoutMs?: number;
}

const MAX_RECONNECT_MS = 200;
/** A connection that owes an answer and says nothing for so long is dropped: it may be cut, and its queue must not grow. */
const MAX_SILENCE_MS = 1_000;

/**
 * A Redis client fit for a cache: connects on `connect()`, reconnects for ever with back-off and jitter, and fails
 * a command at once when there is no connection instead of queueing it. No command is ever sent twice by the client.
 *
 * @param onError told each connection error; without a listener the client would print them
 */
export function connectRedis(settings: RedisSettings, onError: (error: Error) => void): Redis {
  const { host, port, username, password, tls, commandTimeoutMs } = settings;
  const redis = new Redis({
    host,
    port,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls && { tls: { ...tls, servername: host } }),
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    ...(commandTimeoutMs !== undefined && { commandTimeout: commandTimeoutMs }),
    connectTimeout: 1_000,
    maxLoadingRetryTime: MAX_RECONNECT_MS, // not as long as a server that loads its data guesses that it will take
    socketTimeout: MAX_SILENCE_MS,
    keepAlive: 5_000,
    noDelay: true,
    retryStrategy: (attempt) => Math.min(25 * 2 ** Math.min(attempt, 3), MAX_RECONNECT_MS) * (0.75 + Math.random() / 4),
    reconnectOnError: leaveReplica(),
  });
  redis.on('error', onError);
  return redis;
}
