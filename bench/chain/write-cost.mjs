import pg from 'pg';
import { quantile } from '../lib/statistics.mjs';

const AIM_MS = 1;

/** The text of the row: a write alone, one that waits for its invalidation, and one that places an intent before, in turns. */
export async function writeCostRow({ dist, databaseUrl, redis, ids, own }, writes) {
  const { Cache, connectRedis, defineSpace, RedisStore } = await import(`file://${dist}/libs/cache/src/index.js`);
  const connection = connectRedis({ host: redis.host, port: redis.port }, () => undefined);
  await connection.connect();
  own(connection, () => connection.disconnect());
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  own(client, () => client.end());
  const cache = new Cache({ store: new RedisStore(connection) });
  own(cache, () => cache.close());
  const entity = (name, freshness) => {
    const value = { validate: (each) => ({ value: each }), parse: (each) => each };
    return defineSpace({ service: 'bench', entity: name, value, version: () => 1, ttlMs: 60_000, freshness });
  };
  const [rows, strictRows] = [entity('row', 'acknowledged'), entity('strict', 'strict')];
  const ways = {
    plain: () => change(client, ids),
    acknowledged: async () => {
      const { id, version } = await change(client, ids);
      await cache.invalidate({ entries: rows.entries(id, version), tags: [] });
    },
    strict: async () => {
      const { id, version, transaction } = await change(client, ids, async (row) => {
        await cache.intend(strictRows.intents(row.id, row.transaction));
      });
      const entries = strictRows.entries(id, version).map((entry) => ({ ...entry, transaction }));
      await cache.invalidate({ entries, tags: [] });
    },
  };
  const tookMs = { plain: [], acknowledged: [], strict: [] };
  for (let write = -50; write < writes; write += 1) {
    for (const [name, way] of Object.entries(ways)) {
      const startedMs = performance.now();
      await way();
      if (write >= 0) tookMs[name].push(performance.now() - startedMs); // the first ones warm up
    }
  }
  return textOf(tookMs);
}

const CHANGE = `UPDATE products SET price_minor = (price_minor + 1) % 1000 WHERE id = $1
  RETURNING id, version, pg_current_xact_id()::text AS transaction`;
let next = 0;

/** One transaction; `before` its COMMIT. */
async function change(client, ids, before = async () => undefined) {
  await client.query('BEGIN');
  const { rows } = await client.query({ name: 'cost', text: CHANGE, values: [ids[(next += 1) % ids.length]] });
  const row = { ...rows[0], version: Number(rows[0].version) };
  await before(row);
  await client.query('COMMIT');
  return row;
}

function textOf({ plain, acknowledged, strict }) {
  const [alone, waited, intended] = [plain, acknowledged, strict].map((each) => quantile(each, 0.5));
  const more = waited - alone;
  return [
    `a write, p50 of ${plain.length} each`,
    '',
    `  plain        ${alone.toFixed(2).padStart(8)} ms`,
    `  acknowledged ${waited.toFixed(2).padStart(8)} ms   ${more.toFixed(2)} ms more (under ${AIM_MS}): ${more < AIM_MS ? 'met' : 'not met'}`,
    `  strict       ${intended.toFixed(2).padStart(8)} ms   ${(intended - alone).toFixed(2)} ms more`,
  ].join('\n');
}
