import { Lacks } from './lacks.mjs';
import { productId } from './product.mjs';

const CHUNK = 20_000;

/**
 * Writes, inside Redis, for each id from ARGV[2] to ARGV[3] what KEYS[1] holds for the id ARGV[1]: a key that names the id
 * is copied under the other id, a set that lists it gets the others as members. ARGV: kind, TTL in ms, then its texts.
 */
const MULTIPLY = `
local template, kind, ttl = ARGV[1], ARGV[4], tonumber(ARGV[5])
local function parts(text)
  local found, from = {}, 1
  while true do
    local at, to = string.find(text, template, from, true)
    if not at then found[#found + 1] = string.sub(text, from) return found end
    found[#found + 1] = string.sub(text, from, at - 1)
    from = to + 1
  end
end
local key, rows = parts(KEYS[1]), {}
for i = 6, #ARGV do rows[#rows + 1] = parts(ARGV[i]) end
for n = ARGV[2], ARGV[3] do
  local id = string.format('p-%08d', n)
  local target = table.concat(key, id)
  if kind == 'string' then redis.call('SET', target, table.concat(rows[1], id), 'PX', ttl)
  else
    for _, row in ipairs(rows) do redis.call('SADD', target, table.concat(row, id)) end
    if #key > 1 then redis.call('PEXPIRE', target, ttl) end
  end
end`;

/**
 * Makes `entries` entries of the one that a library has written for product 0, without asking the library for each:
 * a million through its own calls would take minutes.
 */
export async function multiply(redis, entries) {
  const template = productId(0);
  for (const key of await redis.keys('*')) {
    const { kind, ttl, texts } = await describe(redis, key);
    const concerned = key.includes(template)
      ? texts
      : texts.filter((text) => kind === 'set' && text.includes(template));
    if (concerned.length === 0) continue;
    for (let from = 1; from < entries; from += CHUNK) {
      const to = Math.min(from + CHUNK, entries) - 1;
      await redis.eval(MULTIPLY, 1, key, template, from, to, kind, ttl, ...concerned);
    }
  }
}

async function describe(redis, key) {
  const kind = await redis.type(key);
  if (kind !== 'string' && kind !== 'set') throw new Lacks(`its entries could not be copied: it keeps a ${kind}`);
  const texts = kind === 'string' ? [await redis.get(key)] : await redis.smembers(key);
  return { kind, ttl: await redis.pttl(key), texts };
}
