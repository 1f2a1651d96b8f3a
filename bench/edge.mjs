/**
 * npm run bench:edge: requests a second of `GET /v1/products/{id}` through the gateway and the catalog, a process each, with a
 * signed-in session and the rate limit, beside a bare Nest gateway before a bare Nest service that returns a constant, and beside
 * @fastify/http-proxy before the same product over HTTP. All in one run, in turns; starts servers of its own, takes two minutes.
 *
 *   --quick     a smoke run: one short round
 *   --only NAME one contestant alone, such as larder; may be repeated
 */
import { parseArgs } from 'node:util';
import { ensureBuilt, ensureInstalled, root, say } from '../tools/bootstrap.mjs';
import { installPeers } from './lib/install.mjs';

const { values: flags } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string', multiple: true } },
});

await ensureInstalled();
await ensureBuilt();
await installPeers(say);
const { openStage } = await import('./edge/stage.mjs');
const { compare } = await import('./edge/compare.mjs');
const { textOf } = await import('./edge/report.mjs');

const stage = await openStage(root);
try {
  const rounds = flags.quick ? { rounds: 1, seconds: 2 } : { rounds: 5, seconds: 4 };
  const results = await compare(stage.contestants(flags.only), { ...rounds, say });
  process.stdout.write(`${textOf(results)}\n`);
} finally {
  await stage.close();
}
