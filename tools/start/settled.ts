import { setTimeout as sleep } from 'node:timers/promises';
import { query } from '../services/index.js';

const SETTLE_TIMEOUT_MS = 10_000;

/** Where the operations servers of the two ends of the events' way listen, such as `http://127.0.0.1:3021`. */
export interface EventEnds {
  readonly catalog: string;
  readonly invalidator: string;
}

/**
 * Waits until every event of what was loaded has reached the cache, so that nothing read from now on is dropped on its
 * account. Gives up after 10 s: late events cost a miss, no more.
 */
export async function untilSettled(databaseUrl: string, ends: EventEnds): Promise<void> {
  const deadline = Date.now() + SETTLE_TIMEOUT_MS;
  while (!(await isSettled(databaseUrl, ends).catch(() => false)) && Date.now() < deadline) await sleep(50);
}

async function isSettled(databaseUrl: string, { catalog, invalidator }: EventEnds): Promise<boolean> {
  const [row] = await query(databaseUrl, 'SELECT EXISTS (SELECT FROM public.outbox) AS waiting');
  if (row?.['waiting'] !== false) return false;
  const [published, applied] = await Promise.all([
    sample(catalog, 'larder_outbox_publish_total{outcome="confirmed"}'),
    sample(invalidator, 'larder_invalidation_lag_seconds_count'),
  ]);
  return applied >= published;
}

/** A metric's value; 0 when it has none yet. */
async function sample(operationsUrl: string, name: string): Promise<number> {
  const response = await fetch(`${operationsUrl}/metrics`, { signal: AbortSignal.timeout(2_000) });
  const line = (await response.text()).split('\n').find((text) => text.startsWith(`${name} `));
  return Number(line?.slice(name.length) ?? 0);
}
