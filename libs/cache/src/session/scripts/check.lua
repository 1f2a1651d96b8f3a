-- Checks a session's secret, records the use, renews the secret when it is due. A secret that was replaced, and whose
-- grace is over, ends the session.
--
-- KEYS[1] session    hash
-- ARGV[1] proof      SHA-256 of the secret's proof, '' for a secret never renewed
-- ARGV[2] offered    the proof that follows if the secret is due, '' for none
-- ARGV[3] idleMs  ARGV[4] absoluteMs  ARGV[5] renewMs  ARGV[6] graceMs  ARGV[7] touchMs   milliseconds
-- Returns {'none'}, {'superseded'} (the secret or the session was replaced on purpose a moment ago), {'replayed', id, account} or
--   {'live', now, touched, due, renewed, id, account, roles, generation, created, signed_in, sealed,
--   versions, verified}; absent fields are ''.
local f = redis.pcall('HMGET', KEYS[1], 'id', 'account', 'roles', 'generation', 'created', 'signed_in', 'sealed',
  'seen', 'issued', 'proof', 'previous', 'previous_until', 'previous_serves', 'verified', 'versions',
  'earlier', 'earlier_until', 'superseded')
local id, account = f[1], f[2]
local seen, issued, proof, previous, previous_until = f[8], f[9], f[10], f[11], f[12]
if f[18] then
  return { 'superseded' }
end
local whole = id and account and proof and tonumber(f[4]) and tonumber(f[5]) and tonumber(f[6]) and tonumber(seen) and
  tonumber(issued)
if not whole then
  redis.call('DEL', KEYS[1]) -- nothing, or nothing of ours: another type, or fields of another time
  return { 'none' }
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local current = proof == ARGV[1]

if not current then
  if f[16] == ARGV[1] and now < tonumber(f[17]) then
    return { 'superseded' }
  end
  if previous ~= ARGV[1] or now >= tonumber(previous_until) then
    redis.call('DEL', KEYS[1])
    return { 'replayed', id, account }
  end
  if f[13] ~= '1' then
    return { 'superseded' }
  end
end

local touched, due, renewed = 0, 0, 0
if not f[7] and now - seen >= tonumber(ARGV[7]) then -- a sealed session must not outlive the memory of its merge
  touched = 1
  redis.call('HSET', KEYS[1], 'seen', string.format('%.0f', now))
  redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', math.min(now + ARGV[3], f[5] + ARGV[4])))
end
if current and now - issued >= tonumber(ARGV[5]) then
  if ARGV[2] == '' then
    due = 1
  else
    renewed = 1
    redis.call('HSET', KEYS[1], 'proof', ARGV[2], 'issued', string.format('%.0f', now), 'previous', ARGV[1],
      'previous_until', string.format('%.0f', now + ARGV[6]), 'previous_serves', '1')
  end
end
return { 'live', now, touched, due, renewed, id, account, f[3], f[4], f[5], f[6], f[7] or '', f[15] or '',
  f[14] or '' }
