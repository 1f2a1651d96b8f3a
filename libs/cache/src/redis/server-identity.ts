import type { Redis } from 'ioredis';

/** What a server says of itself, for {@link identityIn}. */
export function infoOf(redis: Redis): Promise<string> {
  return redis.info('server', 'replication');
}

/**
 * One text for as long as a server neither restarts, nor becomes a replica or a master: only then it still has all that it has
 * acknowledged. `null` if it does not say.
 */
export function identityIn(info: string): string | null {
  const [run, history] = [runIn(info), /^master_replid:(\w+)/m.exec(info)?.[1]];
  return run !== null && history !== undefined ? `${run} ${history}` : null;
}

/** As {@link identityIn}; `null` also if it cannot be asked. */
export async function identityOf(redis: Redis): Promise<string | null> {
  return identityIn(await infoOf(redis).catch(() => ''));
}

/** The server that a connection leads to, as long as it runs. `null` if it does not say, or cannot be asked. */
export async function runOf(redis: Redis): Promise<string | null> {
  return runIn(await redis.info('server').catch(() => ''));
}

function runIn(info: string): string | null {
  return /^run_id:(\w+)/m.exec(info)?.[1] ?? null;
}
