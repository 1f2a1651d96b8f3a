import { Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import { OutboxMetrics } from './outbox-metrics.js';

/** A database whose outbox holds `rows` rows; `null` stands for one that is away. */
function databaseWith(rows: number | null): { questions: number; dataSource: DataSource } {
  const database = {
    questions: 0,
    dataSource: {
      query: () => {
        database.questions += 1;
        return rows === null ? Promise.reject(new Error('away')) : Promise.resolve([{ rows, age: 2.5 }]);
      },
    } as unknown as DataSource,
  };
  return database;
}

describe("the outbox's metrics", () => {
  it('ask the database once a scrape', async () => {
    const [database, registry] = [databaseWith(3), new Registry()];
    new OutboxMetrics(database.dataSource, registry);
    const shown = await registry.metrics();
    expect(shown).toContain('larder_outbox_pending_rows 3');
    expect(shown).toContain('larder_outbox_oldest_age_seconds 2.5');
    expect(database.questions).toBe(1);
    await registry.metrics();
    expect(database.questions).toBe(2);
  });

  it('leave out what the database cannot be asked', async () => {
    const registry = new Registry();
    new OutboxMetrics(databaseWith(null).dataSource, registry);
    expect(await registry.metrics()).not.toMatch(/^larder_outbox_(pending|oldest)\S* \d/m);
  });
});
