#!lua flags=allow-oom
-- Gives a lease up without a value, so that nobody waits for it.
--
-- KEYS[1] entry        string, as in fill.lua
-- ARGV[1] token        string, from lease.lua
-- ARGV[2] tombstoneMs  integer, milliseconds, > 0
-- Returns 1 given up, 0 the lease is gone already.
local record = redis.pcall('GET', KEYS[1])
if type(record) == 'table' then
  record = false -- a key of another type is nothing to us
end
if not record then
  return 0
end
local floor, token = string.match(record, '^T(%d+)|([^|]+)|')
if token ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], 'T' .. floor .. '||', 'PX', ARGV[2])
return 1
