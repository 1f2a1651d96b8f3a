import type { Certificate } from './certificate.js';
import { startRedisProcess } from './redis-process.js';
import type { Server } from './server.js';

/** How a Redis for tests differs from the plain one: in memory only, no password, no TLS. */
export interface RedisOptions {
  /** Keeps every write on disk, so that `kill` and `restart` lose nothing. */
  readonly persistent?: boolean;
  /** Answers over TLS only, with this certificate. */
  readonly certificate?: Certificate | undefined;
  /** Users beside the default one, which stays open, as rules such as `'app on >secret ~app:* +get'`. */
  readonly users?: readonly string[] | undefined;
  /** More arguments for redis-server, such as `['--requirepass', 'secret']`. */
  readonly args?: readonly string[];
}

/** Starts a redis-server on a free port. `restart({ empty: true })` brings it back without data. */
export async function startRedis(options: RedisOptions = {}): Promise<Server> {
  const durability = options.persistent ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--appendonly', 'no'];
  return startRedisProcess({
    name: 'Redis',
    args: ['--save', '', ...durability, ...usersOf(options.users), ...(options.args ?? [])],
    readyText: 'Ready to accept connections',
    certificate: options.certificate,
  });
}

/** Arguments of redis-server that make these users. */
export function usersOf(rules: readonly string[] = []): string[] {
  return rules.flatMap((rule) => ['--user', ...rule.split(' ')]);
}
