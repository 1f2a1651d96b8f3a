import { setTimeout as sleep } from 'node:timers/promises';
import { query } from '../services/index.js';

const SETTLE_TIMEOUT_MS = 10_000;

const LAST_BATCH = `
  SELECT EXISTS (SELECT FROM public.outbox) AS waiting, coalesce(max(n), 0) AS last FROM public.invalidation_log`;

/**
 * Waits until every change of what was loaded has reached the cache, so that nothing read from now on is dropped on its
 * account. `invalidator` is where its operations server listens, such as `http://127.0.0.1:3031`. Gives up after 10 s: late
 * changes cost a miss, no more.
 */
export async function untilSettled(databaseUrl: string, invalidator: string): Promise<void> {
  const deadline = Date.now() + SETTLE_TIMEOUT_MS;
  while (!(await isSettled(databaseUrl, invalidator).catch(() => false)) && Date.now() < deadline) await sleep(50);
}

async function isSettled(databaseUrl: string, invalidator: string): Promise<boolean> {
  const [row] = await query(databaseUrl, LAST_BATCH);
  if (row?.['waiting'] !== false) return false;
  return (await sample(invalidator, 'larder_chain_position')) >= Number(row['last']);
}

/** A metric's value; 0 when it has none yet. */
async function sample(operationsUrl: string, name: string): Promise<number> {
  const response = await fetch(`${operationsUrl}/metrics`, { signal: AbortSignal.timeout(2_000) });
  const line = (await response.text()).split('\n').find((text) => text.startsWith(`${name} `));
  return Number(line?.slice(name.length) ?? 0);
}
