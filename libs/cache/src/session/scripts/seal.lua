-- Stops all writes to an anonymous session's cart, for a merge into an account's. The first account stays.
--
-- KEYS[1] session  hash
-- ARGV[1] account  account id
-- Returns {account, field, value, ...}, {} if there is no such anonymous session.
local account, sealed = unpack(redis.call('HMGET', KEYS[1], 'account', 'sealed'))
if account ~= '' then
  return {}
end
if not sealed then
  redis.call('HSET', KEYS[1], 'sealed', ARGV[1])
end
local answer = { sealed or ARGV[1] }
for _, text in ipairs(redis.call('HGETALL', KEYS[1])) do
  answer[#answer + 1] = text
end
return answer
