-- Tells a session that a revocation of others spares it. It takes over the generation once it was spared by all before, in
-- whatever order they say so: a session that one of them did not spare must not be taken for current.
--
-- KEYS[1] session     hash; spared: generations beyond a gap, separated by spaces
-- ARGV[1] generation  integer
-- ARGV[2] max         generations remembered beyond a gap, > 0
-- Returns the generation that the session holds now, 0 if there is no such session.
local generation, spared = unpack(redis.call('HMGET', KEYS[1], 'generation', 'spared'))
if not generation then
  return 0
end
local known = { [tonumber(ARGV[1])] = true }
for number in string.gmatch(spared or '', '%d+') do
  known[tonumber(number)] = true
end
local held = tonumber(generation)
while known[held + 1] do
  held = held + 1
end
local beyond = {}
for number in pairs(known) do
  if number > held then
    beyond[#beyond + 1] = number
  end
end
table.sort(beyond)
for i, number in ipairs(beyond) do
  beyond[i] = string.format('%.0f', number)
end
redis.call('HSET', KEYS[1], 'generation', string.format('%.0f', held), 'spared',
  table.concat(beyond, ' ', 1, math.min(#beyond, tonumber(ARGV[2]))))
return held
