#!lua flags=allow-oom
-- Makes everything older than a version unservable and unfillable. Works when Redis is out of memory.
--
-- KEYS[1] entry        string, as in record.lua
-- ARGV[1] version      integer, > 0, the row's version after the change; '' when nobody knows it
-- ARGV[2] tombstoneMs  integer, milliseconds, > 0
-- ARGV[3] transaction  digits, whose intent this ends; '' for none
-- Returns 1 when the key changed, 0 when nothing older was there.
local key = KEYS[1]
local changed = invalidate(key, read(key), ARGV[1], ARGV[3], ARGV[2])
announce(key) -- also when nothing changed here: a process may have kept what Redis has evicted
return changed
