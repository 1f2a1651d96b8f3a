-- Ends a session that a sign-in replaces. A request under way with its secret is to be told so, not taken for a stranger's.
--
-- KEYS[1] session  hash; what stays is its field superseded alone
-- ARGV[1] graceMs  for so long, milliseconds
-- Returns {id, account} of the ended session, {} if there was none.
local id, account = unpack(redis.call('HMGET', KEYS[1], 'id', 'account'))
if not id then
  return {}
end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'superseded', '1')
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return { id, account }
