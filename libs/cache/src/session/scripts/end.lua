-- Ends a session.
--
-- KEYS[1] session  hash
-- Returns {id, account} of the ended session, {} if there was none.
local id, account = unpack(redis.call('HMGET', KEYS[1], 'id', 'account'))
redis.call('DEL', KEYS[1])
if not id then
  return {}
end
return { id, account }
