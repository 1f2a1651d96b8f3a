-- Answers a tag's value, and creates the tag if it is missing.
--
-- KEYS[1] tag    string, any text
-- ARGV[1] token  string, random
-- ARGV[2] ttlMs  integer, milliseconds, > 0; '' keeps the tag until it is retired
-- Returns the value. A new one carries the time, so that this command run twice creates two different values.
local value = redis.pcall('GET', KEYS[1])
if type(value) == 'string' then
  return value
end
local clock = redis.call('TIME')
value = ARGV[1] .. string.format('%x%05x', clock[1], clock[2])
if ARGV[2] == '' then
  redis.call('SET', KEYS[1], value)
else
  redis.call('SET', KEYS[1], value, 'PX', ARGV[2])
end
return value
