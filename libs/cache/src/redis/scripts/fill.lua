-- Stores a loaded value, if the lease that its load was granted still stands.
--
-- KEYS[1] entry        string: 'V<version>|payload', 'T<floor>|<token>|<untilMs>' or 'I<floor>|,xid;'
-- ARGV[1] token        string, from lease.lua
-- ARGV[2] version      integer, the row's version, >= 0
-- ARGV[3] payload      string, the encoded value
-- ARGV[4] ttlMs        integer, milliseconds, > 0
-- ARGV[5] tombstoneMs  integer, milliseconds, > 0
-- Returns 1 stored, 0 the lease is gone, -1 the row is older than the floor and the lease is given up.
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
if tonumber(ARGV[2]) < tonumber(floor) then
  redis.call('SET', KEYS[1], 'T' .. floor .. '||', 'PX', ARGV[5])
  return -1
end
redis.call('SET', KEYS[1], 'V' .. ARGV[2] .. '|' .. ARGV[3], 'PX', ARGV[4])
return 1
