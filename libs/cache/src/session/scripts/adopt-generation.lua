-- Raises the generation of a session that outlives a revocation of others, if it holds exactly the one before: a session
-- of an older one missed a revocation, and must not be taken for current.
--
-- KEYS[1] session     hash
-- ARGV[1] generation  integer
-- Returns 1 raised, 0 there is no such session, or it does not hold the generation before.
local generation = redis.call('HGET', KEYS[1], 'generation')
if not generation or tonumber(generation) ~= tonumber(ARGV[1]) - 1 then
  return 0
end
redis.call('HSET', KEYS[1], 'generation', ARGV[1])
return 1
