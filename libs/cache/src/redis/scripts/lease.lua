-- Asks for the right to fill an entry.
--
-- KEYS[1] entry        string: 'V<version>|payload', 'T<floor>|<token>|<untilMs>' or 'I<floor>|,xid;'
-- ARGV[1] token        string, unique per fill
-- ARGV[2] leaseMs      integer, milliseconds, > 0
-- ARGV[3] tombstoneMs  integer, milliseconds, > 0: how long the key remembers its floor
-- ARGV[4] stamp        string: a value whose payload does not begin with it counts as absent; '' accepts all
-- Returns {'granted', floor}, {'value', record}, {'busy', waitMs} or {'bypass'}.
local record = redis.pcall('GET', KEYS[1])
if type(record) == 'table' then
  record = false -- a key of another type is nothing to us
end
local clock = redis.call('TIME')
local nowMs = clock[1] * 1000 + math.floor(clock[2] / 1000)
local floor = '0'

if record then
  local state = string.sub(record, 1, 1)
  local bar = string.find(record, '|', 1, true)
  local number = bar and string.match(string.sub(record, 2, bar - 1), '^%d+$')
  if state == 'I' then
    return {'bypass'}
  elseif state == 'V' and number then
    if string.sub(record, bar + 1, bar + #ARGV[4]) == ARGV[4] then
      return {'value', record}
    end
    floor = number
  elseif state == 'T' and number then
    local untilMs = tonumber(string.match(record, '|(%d+)$', bar + 1)) or 0
    if untilMs > nowMs then
      return {'busy', untilMs - nowMs}
    end
    floor = number
  end
end

local untilMs = string.format('%.0f', nowMs + ARGV[2])
local ttlMs = math.max(tonumber(ARGV[2]), tonumber(ARGV[3]))
redis.call('SET', KEYS[1], 'T' .. floor .. '|' .. ARGV[1] .. '|' .. untilMs, 'PX', ttlMs)
return {'granted', floor}
