#!lua flags=allow-oom
-- Applies the next batch of a chain, whole or not at all, so that a replica that has its number has all of it.
--
-- KEYS[1] chain        integer, the number up to which everything is applied; absent when nobody knows
-- KEYS[2] certificate  number, milliseconds of this server's clock: everything that was committed before then is applied
-- KEYS[3...] entries, as in record.lua, then tags
-- ARGV[1] after        integer, >= 0, the number that the chain must stand at
-- ARGV[2] upTo         integer, >= after
-- ARGV[3] asOfMs       number, the certificate that follows; '' to leave it as it is
-- ARGV[4] tombstoneMs  integer, milliseconds, > 0
-- ARGV[5...] for each entry its version and its transaction, as in invalidate.lua
-- Returns {'applied'}, {'unknown'}, {'gap', number} or {'duplicate', number}: the number that the chain stands at.
local at, after = redis.call('GET', KEYS[1]), ARGV[1]
if not at then
  return {'unknown'}
end
if tonumber(at) ~= tonumber(after) then
  return {tonumber(at) < tonumber(ARGV[2]) and 'gap' or 'duplicate', at}
end
local entries = (#ARGV - 4) / 2
for place = 1, #KEYS - 2 do
  local key = KEYS[place + 2]
  if place <= entries then
    invalidate(key, read(key), ARGV[place * 2 + 3], ARGV[place * 2 + 4], ARGV[4])
  else
    redis.call('DEL', key)
  end
  announce(key)
end
if ARGV[2] ~= after then
  redis.call('SET', KEYS[1], ARGV[2])
end
if ARGV[3] ~= '' then
  redis.call('SET', KEYS[2], ARGV[3])
  redis.call('PUBLISH', string.match(KEYS[1], '^[^:]*') .. ':invalidated', KEYS[2] .. ' ' .. ARGV[3])
end
return {'applied'}
