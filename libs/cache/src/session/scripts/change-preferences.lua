-- Replaces a session's preferences, if nobody has changed them since they were read.
--
-- KEYS[1] session   hash
-- ARGV[1] expected  the version that was read, integer, 0 before the first change
-- ARGV[2] text      JSON
-- Returns {'written', version}, {'conflict', version, text} or {'gone'}.
local id, version, text = unpack(redis.call('HMGET', KEYS[1], 'id', 'preferences_version', 'preferences'))
if not id then
  return { 'gone' }
end
version = version or '0'
if tonumber(version) ~= tonumber(ARGV[1]) then
  return { 'conflict', version, text or '' }
end
local fresh = string.format('%.0f', version + 1)
redis.call('HSET', KEYS[1], 'preferences', ARGV[2], 'preferences_version', fresh)
return { 'written', fresh }
