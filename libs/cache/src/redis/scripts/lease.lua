-- Asks for the right to fill an entry.
--
-- KEYS[1] entry        string, as in record.lua
-- ARGV[1] token        string, unique per fill
-- ARGV[2] leaseMs      integer, milliseconds, > 0
-- ARGV[3] tombstoneMs  integer, milliseconds, > 0: how long the key remembers its floor
-- ARGV[4] stamp        string: a value whose payload does not begin with it counts as absent; '' accepts all
-- ARGV[5] over         string, the mark of a value that may be replaced; '' for none
-- Returns {'granted', floor, nowMs}, {'value', text}, {'busy', waitMs} or {'bypass'}.
local key, token, stamp = KEYS[1], ARGV[1], ARGV[4]
local clock = redis.call('TIME')
local nowMs = clock[1] * 1000 + math.floor(clock[2] / 1000)
local untilMs = string.format('%.0f', nowMs + ARGV[2])
local entry = read(key)

if entry and entry.state == 'I' then
  return {'bypass'}
end
local isServed = entry and entry.state == 'V' and string.sub(entry.payload, 1, #stamp) == stamp
if isServed and entry.mark ~= ARGV[5] then
  return {'value', entry.text}
end
if entry and (isServed or entry.state == 'T') and isLeased(entry, nowMs) then
  return {'busy', tonumber(entry.untilMs) - nowMs}
end
if isServed then
  local text = 'R' .. entry.number .. entry.mark .. token .. '|' .. untilMs .. '|' .. entry.payload
  redis.call('SET', key, text, 'KEEPTTL')
  return {'granted', entry.number, nowMs}
end
local floor = entry and entry.number or '0'
local ttlMs = math.max(tonumber(ARGV[2]), tonumber(ARGV[3]))
redis.call('SET', key, 'T' .. floor .. '|' .. token .. '|' .. untilMs, 'PX', ttlMs)
return {'granted', floor, nowMs}
