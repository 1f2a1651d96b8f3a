#!lua flags=allow-oom
-- Marks a value as out of date, for it to be served only if its load fails, and takes the lease of a load that runs.
--
-- KEYS[1] entry  string, as in record.lua
-- Returns 1 when the key changed, 0 when there was nothing to mark.
local key = KEYS[1]
local entry = read(key)
local changed = 1
if entry and entry.state == 'V' then
  redis.call('SET', key, 'V' .. entry.number .. '-----' .. entry.payload, 'KEEPTTL')
elseif entry and entry.state == 'T' and entry.token then
  redis.call('SET', key, 'T' .. entry.number .. '||', 'KEEPTTL')
else
  changed = 0
end
announce(key)
return changed
