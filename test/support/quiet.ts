import { query, until } from '../../tools/services/index.js';
import { metric } from './metrics.js';
import type { System } from './system.js';

const PENDING = `
  SELECT (SELECT count(*) FROM public.outbox) + (
    SELECT coalesce(sum(json_array_length(changes)), 0) FROM public.invalidation_log WHERE published_at IS NULL
  ) AS changes`;

/** Resolves when every change has left the catalog and reached the cache. */
export async function quiet(system: System): Promise<void> {
  await until('every change has reached the cache', 10_000, async () => {
    expect(await pendingChanges(system.databaseUrl)).toBe(0);
    const [last] = await query(system.databaseUrl, 'SELECT coalesce(max(n), 0) AS n FROM public.invalidation_log');
    const position = await metric(system.operations.invalidator, 'larder_chain_position');
    expect(position).toBeGreaterThanOrEqual(Number(last?.['n']));
  });
}

/** How many changes wait to be published, in the outbox or in batches. */
export async function pendingChanges(databaseUrl: string): Promise<number> {
  return Number((await query(databaseUrl, PENDING))[0]?.['changes']);
}
