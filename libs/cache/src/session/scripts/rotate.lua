-- Replaces a valid secret at once, because the account's owner has just proved himself.
--
-- KEYS[1] session     hash
-- ARGV[1] proof       the valid proof now, or the one before in its grace; '' for a secret never renewed
-- ARGV[2] fresh       the proof from now on
-- ARGV[3] generation  integer, one above the session's, '' to leave it
-- ARGV[4] graceMs     for so long the old secret is refused without being taken for a thief's
-- Returns 1 replaced, 0 there is no such session, the proof is not valid, or the session missed a generation.
local f = redis.call('HMGET', KEYS[1], 'proof', 'generation', 'previous', 'previous_until', 'previous_serves')
local proof, generation = f[1], f[2]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local serves = proof == ARGV[1] or (f[3] == ARGV[1] and f[5] == '1' and now < tonumber(f[4]))
if not proof or not serves or (ARGV[3] ~= '' and tonumber(generation) ~= tonumber(ARGV[3]) - 1) then
  return 0
end
if f[3] and now < tonumber(f[4]) then -- who still sends the one before that is no thief either
  redis.call('HSET', KEYS[1], 'earlier', f[3], 'earlier_until', f[4])
end
redis.call('HSET', KEYS[1], 'proof', ARGV[2], 'issued', string.format('%.0f', now),
  'signed_in', string.format('%.0f', now), 'previous', proof,
  'previous_until', string.format('%.0f', now + ARGV[4]), 'previous_serves', '0')
if ARGV[3] ~= '' then
  redis.call('HSET', KEYS[1], 'generation', ARGV[3])
end
return 1
