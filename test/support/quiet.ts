import { query, until } from '../../tools/services/index.js';
import { metric } from './metrics.js';
import type { CatalogProcess, System } from './system.js';

/** Resolves when every event has left the outbox and reached the cache; for tests in which nothing is redelivered. */
export async function quiet(system: System, others: readonly CatalogProcess[] = []): Promise<void> {
  const relays = [system, ...others].map(({ catalogOperations }) => catalogOperations);
  await until('every event has reached the cache', 10_000, async () => {
    expect(await outboxRows(system.databaseUrl)).toBe(0);
    const published = await Promise.all(
      relays.map((url) => metric(url, 'larder_outbox_publish_total', 'outcome="confirmed"')),
    );
    const applied = await metric(system.operations.invalidator, 'larder_invalidation_lag_seconds_count');
    expect(applied).toBe(published.reduce((sum, count) => sum + count, 0));
  });
}

/** How many events wait to be published. */
export async function outboxRows(databaseUrl: string): Promise<number> {
  return Number((await query(databaseUrl, 'SELECT count(*) AS rows FROM public.outbox'))[0]?.['rows']);
}
