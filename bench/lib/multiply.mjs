import { Lacks } from './lacks.mjs';
import { productId } from './product.mjs';

const CHUNK = 20_000;

/**
 * Writes, inside Redis, for each id from ARGV[2] to ARGV[3] what KEYS[1] holds for the id ARGV[1]: a key that names the id
 * is copied under the other id, a set or hash that lists it gets the others as members.
 */
const MULTIPLY = `
local key, template = KEYS[1], ARGV[1]
local function parts(text)
  local found, from = {}, 1
  while true do
    local at, to = string.find(text, template, from, true)
    if not at then found[#found + 1] = string.sub(text, from) return found end
    found[#found + 1] = string.sub(text, from, at - 1)
    from = to + 1
  end
end
local kind = redis.call('TYPE', key).ok
local keyParts, ttl = parts(key), redis.call('PTTL', key)
local named = #keyParts > 1
local rows = {}
if kind == 'string' then rows[1] = parts(redis.call('GET', key))
elseif kind == 'set' then for i, member in ipairs(redis.call('SMEMBERS', key)) do rows[i] = parts(member) end
elseif kind == 'hash' then for i, text in ipairs(redis.call('HGETALL', key)) do rows[i] = parts(text) end
else return redis.error_reply('cannot multiply a ' .. kind) end
local mentions = false
for _, row in ipairs(rows) do mentions = mentions or #row > 1 end
if not named and not (mentions and kind ~= 'string') then return 0 end
for n = ARGV[2], ARGV[3] do
  local id = string.format('p-%08d', n)
  local target, texts = table.concat(keyParts, id), {}
  for i, row in ipairs(rows) do texts[i] = table.concat(row, id) end
  if kind == 'string' then redis.call('SET', target, texts[1])
  else redis.call(kind == 'set' and 'SADD' or 'HSET', target, unpack(texts)) end
  if named and ttl > 0 then redis.call('PEXPIRE', target, ttl) end
end
return 1`;

/**
 * Makes `entries` entries of the one that a library has written for product 0, without asking the library for each:
 * a million through its own calls would take minutes.
 */
export async function multiply(redis, entries) {
  const template = productId(0);
  for (const key of await redis.keys('*')) {
    for (let from = 1; from < entries; from += CHUNK) {
      const to = Math.min(from + CHUNK, entries) - 1;
      const done = await redis.eval(MULTIPLY, 1, key, template, from, to).catch((error) => {
        throw new Lacks(`its entries could not be copied: ${error.message}`);
      });
      if (done === 0) break;
    }
  }
}
