-- Remembers versions of what a session changed, the highest of each name. The names that were changed longest ago go.
--
-- KEYS[1] session  hash
-- ARGV[1] max      names, > 0
-- ARGV[2] maxBytes of the text that they make
-- ARGV[3...] name, version, ...   names without spaces and '=', versions integers from 1 to 2^53 - 1
-- Returns 1 remembered, 0 there is no such session.
local id, text = unpack(redis.call('HMGET', KEYS[1], 'id', 'versions'))
if not id then
  return 0
end
local highest, order = {}, {}
local function keep(name, version)
  if not highest[name] or tonumber(version) > tonumber(highest[name]) then
    highest[name] = version
  end
  order[#order + 1] = name
end
for name, version in string.gmatch(text or '', '([^ =]+)=(%d+)') do
  keep(name, version)
end
for i = 3, #ARGV, 2 do
  keep(ARGV[i], ARGV[i + 1])
end
local kept, seen, bytes = {}, {}, 0
for i = #order, 1, -1 do
  local name = order[i]
  if not seen[name] then
    seen[name] = true
    local member = name .. '=' .. highest[name]
    bytes = bytes + #member + 1
    if #kept == tonumber(ARGV[1]) or bytes > tonumber(ARGV[2]) then
      break
    end
    table.insert(kept, 1, member)
  end
end
redis.call('HSET', KEYS[1], 'versions', table.concat(kept, ' '))
return 1
