/**
 * npm run bench: measures the cache against the raw limit and against other libraries, side by side.
 *
 *   --quick          a smoke run: fewer rounds, smaller sizes, nothing written
 *   --row NAME       one row only (may be repeated); nothing written
 *   --entries N      entries under the tag in the tag row; 1,000,000 unless given, and nothing written if it is
 *   --profile NAME   writes a CPU profile of that contestant to bench/profiles, and nothing else: it slows what it watches
 *
 * Needs Node and Redis; installs its own packages and builds the project if that is still to be done.
 * Writes bench/results.json and bench/charts/*.svg, of a whole run as it is measured by default.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, ensureInstalled, root, say } from '../tools/bootstrap.mjs';
import { installPeers } from './lib/install.mjs';

const HERE = join(root, 'bench');
const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    row: { type: 'string', multiple: true },
    entries: { type: 'string' },
    profile: { type: 'string' },
  },
});

await ensureInstalled();
await ensureBuilt();
await installPeers(say);
const { runAll } = await import('./lib/run-all.mjs');
const { startRedis } = await import(`file://${root}/dist/tools/services/index.js`);
const redis = await startRedis();
try {
  const entries = Number(flags.entries ?? (flags.quick ? 20_000 : 1_000_000));
  const results = await runAll({
    server: { host: redis.host, port: redis.port },
    directory: HERE,
    quick: flags.quick,
    rows: flags.row,
    entries,
    profile: flags.profile,
    print: (text) => process.stdout.write(`${text}\n`),
  });
  const isWhole = !flags.quick && !flags.row && !flags.entries && !flags.profile;
  if (isWhole) await save(results);
} finally {
  await redis.stop();
}

/** Only a whole run is kept: a part is not mixed with old parts, and figures of another size or under a profiler are not compared with them. */
async function save({ charts, ...results }) {
  await mkdir(join(HERE, 'charts'), { recursive: true });
  await writeFile(join(HERE, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
  for (const [name, svg] of Object.entries(charts)) await writeFile(join(HERE, 'charts', `${name}.svg`), svg);
  say('Written: bench/results.json, bench/charts');
}
