/**
 * npm run bench:chain: how long a committed change takes to the cache, and how fast a full outbox is carried to the broker, each
 * beside the raw limit measured in the same run; and what a write costs that waits for its invalidation. Starts a PostgreSQL, a Redis and a RabbitMQ of its own, takes about a minute.
 *
 *   --quick   a smoke run: fewer writes and events
 */
import { parseArgs } from 'node:util';
import { ensureBuilt, ensureInstalled, root, say } from '../tools/bootstrap.mjs';

const { values: flags } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });

await ensureInstalled();
await ensureBuilt();
const { openStage } = await import('./chain/stage.mjs');
const { latencyRow } = await import('./chain/latency.mjs');
const { throughputRow } = await import('./chain/throughput.mjs');
const { writeCostRow } = await import('./chain/write-cost.mjs');

const stage = await openStage(root);
try {
  say('Carrying a full outbox ...');
  const throughput = await throughputRow(stage, flags.quick ? 5_000 : 30_000);
  say('Writing 100 times a second ...');
  const latency = await latencyRow(stage, { rounds: flags.quick ? 3 : 20, writes: 100 });
  say('Writing with and without a cache ...');
  const writeCost = await writeCostRow(stage, flags.quick ? 200 : 2_000);
  process.stdout.write(`${latency}\n\n${throughput}\n\n${writeCost}\n`);
} finally {
  await stage.close();
}
