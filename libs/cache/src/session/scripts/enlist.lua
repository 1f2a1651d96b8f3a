-- Adds a session to its account's index, and names the oldest ones beyond the limit without removing them.
--
-- KEYS[1] index       sorted set of '<public id>:<session hash>' by microseconds
-- ARGV[1] member      '<public id>:<session hash>'
-- ARGV[2] max         integer, > 0
-- ARGV[3] absoluteMs  no session lives longer
-- Returns the surplus as {member, score, ...}, oldest first.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('(%.0f', now - ARGV[3] * 1000))
local newest = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')[2]
if newest and tonumber(newest) >= now then
  now = tonumber(newest) + 1 -- two in one microsecond keep their order, so the oldest is never the newcomer
end
redis.call('ZADD', KEYS[1], 'NX', string.format('%.0f', now), ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
local surplus = redis.call('ZCARD', KEYS[1]) - ARGV[2]
if surplus <= 0 then
  return {}
end
return redis.call('ZRANGE', KEYS[1], 0, surplus - 1, 'WITHSCORES')
