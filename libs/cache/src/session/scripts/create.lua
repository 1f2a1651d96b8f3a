-- Creates a session, if there is none of this key.
--
-- KEYS[1] session     hash
-- ARGV[1] id          the public id
-- ARGV[2] account     account id, '' for an anonymous session
-- ARGV[3] roles       names joined by commas
-- ARGV[4] generation  integer
-- ARGV[5] device      text
-- ARGV[6] idleMs      milliseconds
-- ARGV[7] product     product id of the first cart line, '' for none
-- ARGV[8] quantity    integer
-- Returns 1 created, 0 there is such a session.
if redis.call('EXISTS', KEYS[1]) == 1 then
  return 0
end
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
redis.call('HSET', KEYS[1], 'id', ARGV[1], 'account', ARGV[2], 'roles', ARGV[3], 'generation', ARGV[4],
  'device', ARGV[5], 'created', now, 'seen', now, 'issued', now, 'signed_in', now, 'verified', now,
  'proof', '')
if ARGV[7] ~= '' then
  redis.call('HSET', KEYS[1], 'cart:' .. ARGV[7], ARGV[8])
end
redis.call('PEXPIRE', KEYS[1], ARGV[6])
return 1
