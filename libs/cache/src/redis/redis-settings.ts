/** Where one server listens. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

/** How to get into a Redis, wherever it is. */
interface RedisAccess {
  /** ACL user; the default user unless given. On a Cluster the same for every node. */
  readonly username?: string;
  readonly password?: string;
  /**
   * TLS to every server, Sentinels included, with its certificate verified against the host or address that it is reached
   * by; `ca` in PEM replaces the system's authorities.
   */
  readonly tls?: { readonly ca?: string };
  /** How long one command may take, in milliseconds; unlimited unless given, because a `Cache` has deadlines of its own. */
  readonly commandTimeoutMs?: number;
  /**
   * Whether the commands of one turn of the event loop, but for scripts, leave in one write, which spares a busy process most of what sending
   * costs. Off unless given: a `Cache` gathers its reads itself.
   */
  readonly gathersCommands?: boolean;
}

/** One server, always the same. */
export interface RedisServerSettings extends RedisAccess, RedisAddress {
  readonly sentinels?: never;
  readonly cluster?: never;
}

/** The master that Sentinels watch, whichever server that is. */
export interface RedisSentinelSettings extends RedisAccess {
  /** All Sentinels, at least one: one that is not named here is not asked. */
  readonly sentinels: readonly RedisAddress[];
  /** What the Sentinels call the master. */
  readonly name: string;
  /** ACL user of the Sentinels, which know nothing of {@link RedisAccess.username}; their default user unless given. */
  readonly sentinelUsername?: string;
  readonly sentinelPassword?: string;
  readonly host?: never;
  readonly port?: never;
  readonly cluster?: never;
}

/** A Redis Cluster. */
export interface RedisClusterSettings extends RedisAccess {
  /** Nodes to ask for all the others, at least one; better one of each machine. */
  readonly cluster: readonly RedisAddress[];
  readonly host?: never;
  readonly port?: never;
  readonly sentinels?: never;
}

/** Where a Redis is and how to get in: one server by `host` and `port`, or what `sentinels` watch, or a `cluster`. */
export type RedisSettings = RedisServerSettings | RedisSentinelSettings | RedisClusterSettings;
