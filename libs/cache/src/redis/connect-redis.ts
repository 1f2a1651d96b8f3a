import { isIP } from 'node:net';
import { Redis, type Cluster } from 'ioredis';
import type { ClientOptions } from './client-options.js';
import { leaveReplica } from './leave-replica.js';
import { MasterCluster } from './master-cluster.js';
import { CONNECT_TIMEOUT_MS, MAX_RECONNECT_MS, reconnectDelayMs } from './patience.js';
import type {
  RedisClusterSettings,
  RedisSentinelSettings,
  RedisServerSettings,
  RedisSettings,
} from './redis-settings.js';
import { WatchedMaster } from './watched-master.js';

/** A connection that owes an answer and says nothing for so long is dropped: it may be cut, and its queue must not grow. */
const MAX_SILENCE_MS = 1_000;
/** How long a Sentinel or a node may take to say who serves what, before the next is asked. */
const MAX_ANSWER_MS = 500;
/** Enough for a node that is gone, a master that has changed, and a slot that is moving, all at once. */
const MAX_REDIRECTIONS = 3;

/**
 * A Redis client fit for a cache: connects on `connect()`, reconnects for ever with back-off and jitter, and fails
 * a command at once when there is no connection instead of queueing it. No command that a server may have carried out is
 * sent again; a Cluster's node that sends a command elsewhere has not, and that is followed three times at most.
 *
 * @param onError told each connection error, without the command that failed, which may hold the password; without a
 *   listener the client would print them
 */
export function connectRedis(
  settings: RedisServerSettings | RedisSentinelSettings,
  onError: (error: Error) => void,
): Redis;
export function connectRedis(settings: RedisClusterSettings, onError: (error: Error) => void): Cluster;
export function connectRedis(settings: RedisSettings, onError: (error: Error) => void): Redis | Cluster;
export function connectRedis(settings: RedisSettings, onError: (error: Error) => void): Redis | Cluster {
  const report = (error: Error): void => {
    onError(withoutCommand(error));
  };
  const redis = clientOf(settings);
  redis.on('error', report);
  redis.on('node error', report);
  return redis;
}

function clientOf(settings: RedisSettings): Redis | Cluster {
  if (settings.cluster) return clusterOf(settings);
  if (settings.sentinels) return watchedOf(settings);
  const { host, port, tls } = settings;
  const named = tls && isIP(host) === 0 && { tls: { ...tls, servername: host } };
  return new Redis({ ...optionsOf(settings), ...RECONNECTING, host, port, ...named });
}

function watchedOf(settings: RedisSentinelSettings): Redis {
  const { sentinels, name, tls, sentinelUsername: username, sentinelPassword: password } = settings;
  const access = {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls && { tls: { ...tls } }),
  };
  const options: ClientOptions = {
    ...optionsOf(settings),
    ...RECONNECTING,
    ...(username !== undefined && { sentinelUsername: username }),
    ...(password !== undefined && { sentinelPassword: password }),
    ...(tls && { sentinelTLS: { ...tls }, enableTLSForSentinelMode: true }),
    sentinelRetryStrategy: reconnectDelayMs,
    sentinelCommandTimeout: MAX_ANSWER_MS,
    updateSentinels: false, // those that are not named are not watched either
  };
  return new WatchedMaster(options, { sentinels, name, access });
}

function clusterOf(settings: RedisClusterSettings): Cluster {
  return new MasterCluster(settings.cluster, {
    redisOptions: optionsOf(settings),
    lazyConnect: true,
    enableOfflineQueue: false,
    clusterRetryStrategy: reconnectDelayMs,
    maxRedirections: MAX_REDIRECTIONS + 1, // the client counts the first answer too
    retryDelayOnFailover: 0, // no retry: the command may have been carried out
    retryDelayOnClusterDown: 0,
    retryDelayOnTryAgain: 50,
    slotsRefreshTimeout: MAX_ANSWER_MS,
    dnsLookup: (name, done) => {
      done(null, name); // certificates are for names, and a name may lead elsewhere tomorrow
    },
  });
}

/** A script does the work of many commands, and costs the client less alone than as a batch of one. */
const SCRIPTS = ['eval', 'evalsha'];

const RECONNECTING = {
  enableOfflineQueue: false,
  retryStrategy: reconnectDelayMs,
} satisfies ClientOptions;

function optionsOf(settings: RedisSettings): ClientOptions {
  const { username, password, tls, commandTimeoutMs, gathersCommands } = settings;
  return {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls && { tls: { ...tls } }),
    ...(commandTimeoutMs !== undefined && { commandTimeout: commandTimeoutMs }),
    ...(gathersCommands !== undefined && { enableAutoPipelining: gathersCommands }),
    autoPipeliningIgnoredCommands: SCRIPTS,
    lazyConnect: true,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: CONNECT_TIMEOUT_MS,
    maxLoadingRetryTime: MAX_RECONNECT_MS, // not as long as a server that loads its data guesses that it will take
    disconnectTimeout: MAX_ANSWER_MS,
    socketTimeout: MAX_SILENCE_MS,
    keepAlive: 5_000,
    noDelay: true,
    reconnectOnError: leaveReplica(),
  };
}

/** The client hangs the command with its arguments on its errors: for AUTH, the password. */
function withoutCommand(error: Error & { command?: unknown; lastNodeError?: unknown }): Error {
  delete error.command;
  if (error.lastNodeError instanceof Error) withoutCommand(error.lastNodeError);
  return error;
}
