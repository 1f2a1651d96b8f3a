import { open, PEERS } from '../contestants/index.mjs';
import { checkReads, countingLoad } from '../lib/check.mjs';
import { connect } from '../lib/clients.mjs';
import { shuffledIds } from '../lib/ids.mjs';
import { Lacks } from '../lib/lacks.mjs';

const TAG = 'members';
const AT_ONCE = 200;
/** Bytes of all keys by Redis's own account, and how many keys. In steps, because a script holds everybody up. */
const ACCOUNT = `
local page = redis.call('SCAN', ARGV[1], 'COUNT', 1000)
local bytes = 0
for _, key in ipairs(page[2]) do bytes = bytes + redis.call('MEMORY', 'USAGE', key, 'SAMPLES', 0) end
return {page[1], bytes, #page[2]}`;

/** Memory of Redis per entry, everything that the library keeps beside the entry included. */
export const redisBytes = {
  name: 'redis-bytes',
  title: 'Memory of Redis per entry',
  metrics: {
    plain: { label: 'without a tag', unit: 'B', better: 'lower' },
    tagged: { label: 'with one tag', unit: 'B', better: 'lower' },
    keys: { label: 'keys per tagged entry', unit: '', better: 'lower' },
  },
  contestants: ['ioredis', 'larder', ...PEERS],
  rounds: 1,
  quickRounds: 1,
  judge: ({ median }) => [
    {
      aim: 'at most 16 bytes over a plain SET',
      ratio: median('larder', 'plain') - median('ioredis', 'plain'),
      atMost: 16,
      unit: 'B',
    },
    {
      aim: 'with one tag, bytes over a plain SET',
      ratio: median('larder', 'tagged') - median('ioredis', 'plain'),
      unit: 'B',
    },
  ],
  async prepare({ name, server, quick }) {
    const ids = shuffledIds(quick ? 4_000 : 20_000);
    const redis = await connect(server);
    return {
      async sample() {
        const plain = await fillAndWeigh({ name, server, redis, ids });
        const tagged = await fillAndWeigh({ name, server, redis, ids, tag: TAG }).catch(unlessLacking);
        return { plain: plain.bytes, ...(tagged && { tagged: tagged.bytes, keys: tagged.keys }) };
      },
      close: async () => redis.disconnect(),
    };
  },
};

function unlessLacking(error) {
  if (error instanceof Lacks) return null;
  throw error;
}

async function fillAndWeigh({ name, server, redis, ids, tag }) {
  await redis.flushdb('SYNC');
  const load = countingLoad();
  const handle = await open(name, { server, load, tag });
  try {
    for (let i = 0; i < ids.length; i += AT_ONCE) await Promise.all(ids.slice(i, i + AT_ONCE).map(handle.read));
    await checkReads(handle, load, ids.slice(0, 100));
    return await weigh(redis, ids.length);
  } finally {
    await handle.close();
    await redis.flushdb('SYNC');
  }
}

async function weigh(redis, entries) {
  let cursor = '0';
  let bytes = 0;
  let keys = 0;
  do {
    const page = await redis.eval(ACCOUNT, 0, cursor);
    cursor = page[0];
    bytes += page[1];
    keys += page[2];
  } while (cursor !== '0');
  return { bytes: bytes / entries, keys: keys / entries };
}
