-- Records that a session's generation was compared with its account's, after that was done.
--
-- KEYS[1] session    hash
-- ARGV[1] checkedAt  time of the check before the comparison, milliseconds; never lowered
-- ARGV[2] touchMs    not recorded again within this time, milliseconds
-- Returns 1 recorded, 0 there is no such session, or one later or little earlier is recorded.
local id, verified = unpack(redis.call('HMGET', KEYS[1], 'id', 'verified'))
if not id or tonumber(ARGV[1]) - tonumber(verified or 0) < tonumber(ARGV[2]) then
  return 0
end
redis.call('HSET', KEYS[1], 'verified', ARGV[1])
return 1
