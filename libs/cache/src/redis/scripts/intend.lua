#!lua flags=allow-oom
-- Places the intent of a strict write, before its COMMIT. It has no TTL, so that nothing but its end takes it away.
--
-- KEYS[1] entry        string, as in record.lua
-- ARGV[1] transaction  digits, that of the database
-- Returns 1.
local key, mine = KEYS[1], ',' .. ARGV[1] .. ';'
local entry = read(key)
local others = string.gsub(entry and entry.transactions or '', mine, '')
redis.call('SET', key, 'I' .. (entry and entry.number or '0') .. '|' .. others .. mine)
announce(key)
return 1
