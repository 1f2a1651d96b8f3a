#!lua flags=allow-oom
-- Makes everything older than a version unservable and unfillable. Works when Redis is out of memory.
--
-- KEYS[1] entry        string, as in fill.lua
-- ARGV[1] version      integer, > 0, the row's version after the change; '' when nobody knows it
-- ARGV[2] tombstoneMs  integer, milliseconds, > 0
-- Returns 1 when the key changed, 0 when nothing older was there.
local record = redis.pcall('GET', KEYS[1])
if type(record) == 'table' then
  record = false -- a key of another type is nothing to us
end
local state = record and string.sub(record, 1, 1)

if ARGV[1] == '' then
  if not record or state == 'I' then
    return 0
  end
  return redis.call('DEL', KEYS[1])
end

local bar = record and string.find(record, '|', 1, true)
local known = bar and tonumber(string.sub(record, 2, bar - 1))
if known and known >= tonumber(ARGV[1]) then
  return 0
end
if state == 'I' and known then
  redis.call('SET', KEYS[1], 'I' .. ARGV[1] .. string.sub(record, bar))
  return 1
end
redis.call('SET', KEYS[1], 'T' .. ARGV[1] .. '||', 'PX', ARGV[2])
return 1
