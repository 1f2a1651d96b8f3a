#!lua flags=allow-oom
-- Makes everything older than a version unservable and unfillable. Works when Redis is out of memory.
--
-- KEYS[1] entry        string, as in record.lua
-- ARGV[1] version      integer, > 0, the row's version after the change; '' when nobody knows it
-- ARGV[2] tombstoneMs  integer, milliseconds, > 0
-- Returns 1 when the key changed, 0 when nothing older was there.
local key, version = KEYS[1], ARGV[1]
local entry = read(key)
local changed = 0
if version ~= '' then
  changed = invalidate(key, entry, version, ARGV[2])
elseif entry and entry.state ~= 'I' then
  changed = redis.call('DEL', key)
end
announce(key) -- also when nothing changed here: a process may have kept what Redis has evicted
return changed
