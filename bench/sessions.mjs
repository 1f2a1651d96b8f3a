/**
 * npm run bench:sessions: sessions of libs/cache beside express-session with connect-redis and @fastify/session with the same
 * store, each behind the HTTP server that it is made for, on one Redis of its own: cart lines lost by requests at the same time, sessions that
 * come back after a logout, carts at a sign-in, writes to Redis, validations a second. Fails if ours loses anything. Takes half a minute.
 *
 *   --quick   a smoke run: fewer validations
 */
import { parseArgs } from 'node:util';
import { ensureBuilt, ensureInstalled, root, say } from '../tools/bootstrap.mjs';
import { installPeers } from './lib/install.mjs';

const { values: flags } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });

await ensureInstalled();
await ensureBuilt();
await installPeers(say);
const { openStage } = await import('./sessions/stage.mjs');
const { measure } = await import('./sessions/measure.mjs');
const { faultsOf, textOf } = await import('./sessions/report.mjs');

const stage = await openStage(root);
try {
  const results = [];
  for (const contestant of stage.contestants) {
    say(`${contestant.label} ...`);
    results.push(await measure(contestant, stage, { validations: flags.quick ? 2_000 : 20_000 }));
  }
  process.stdout.write(`${textOf(results)}\n`);
  const faults = faultsOf(results[0]);
  for (const fault of faults) process.stderr.write(`Larder: ${fault}\n`);
  process.exitCode = faults.length > 0 ? 1 : 0;
} finally {
  await stage.close();
}
