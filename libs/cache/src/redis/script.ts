import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Cluster, Redis } from 'ioredis';

/** Runs a script; rejects as the client rejects. */
type Run<Result> = (
  redis: Redis | Cluster,
  keys: readonly string[],
  args: readonly (string | number)[],
) => Promise<Result>;

/**
 * Reads the script at `url` once, with the functions of `prelude` before it, and returns a function that runs it.
 * Sends the hash; sends the source only when Redis has not seen it (first use, restart, failover).
 */
export function script<Result>(url: URL, prelude?: URL): Run<Result> {
  const source = assemble(readFileSync(url, 'utf8'), prelude ? readFileSync(prelude, 'utf8') : '');
  const sha = createHash('sha1').update(source).digest('hex');
  return async (redis, keys, args) => {
    try {
      return (await redis.evalsha(sha, keys.length, ...keys, ...args)) as Result;
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return (await redis.eval(source, keys.length, ...keys, ...args)) as Result;
    }
  };
}

/** The line that states a script's flags must stay the first. */
function assemble(body: string, prelude: string): string {
  const flags = /^#!.*\n/.exec(body)?.[0] ?? '';
  return flags + prelude + body.slice(flags.length);
}
