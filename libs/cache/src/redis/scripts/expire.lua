#!lua flags=allow-oom
-- Marks a value as out of date, for it to be served only if its load fails, and takes the lease of a load that runs.
--
-- KEYS[1] entry   string, as in record.lua
-- ARGV[1] keepMs  integer, milliseconds, > 0: the value stays for so long at most
-- Returns 1 when the key changed, 0 when there was nothing to mark.
local key = KEYS[1]
local entry = read(key)
local changed = 1
if entry and entry.state == 'V' then
  local leftMs = redis.call('PTTL', key)
  local keepMs = leftMs < 0 and tonumber(ARGV[1]) or math.min(leftMs, tonumber(ARGV[1]))
  redis.call('SET', key, 'V' .. entry.number .. '-----' .. entry.payload, 'PX', math.max(keepMs, 1))
elseif entry and entry.state == 'T' and entry.token then
  redis.call('SET', key, 'T' .. entry.number .. '||', 'KEEPTTL')
else
  changed = 0
end
announce(key)
return changed
