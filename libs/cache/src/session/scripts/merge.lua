-- Adds the lines of an anonymous cart to an account's, once. Quantities add up to the limit; lines beyond the limit of
-- lines are dropped, those of the account never.
--
-- KEYS[1] account cart  hash: cart:<product id> to quantity, merge:<merge id> to when it happened (ms)
-- ARGV[1] merge id
-- ARGV[2] maxQuantity  ARGV[3] maxLines   integers
-- ARGV[4] cartMs  ARGV[5] mergeMemoryMs   milliseconds
-- ARGV[6...] product id, quantity, ...
-- Returns {field, value, ...} of the whole hash.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local fields = redis.call('HGETALL', KEYS[1])
local cart, lines, done = {}, 0, false
for i = 1, #fields, 2 do
  local kind = string.match(fields[i], '^(%a+):')
  if kind == 'cart' then
    cart[fields[i]] = tonumber(fields[i + 1]) or 0
    lines = lines + 1
  elseif fields[i] == 'merge:' .. ARGV[1] then
    done = true
  elseif kind == 'merge' and now - fields[i + 1] > tonumber(ARGV[5]) then
    redis.call('HDEL', KEYS[1], fields[i])
  end
end
if not done then
  for i = 6, #ARGV, 2 do
    local field = 'cart:' .. ARGV[i]
    local fits = cart[field] ~= nil or lines < tonumber(ARGV[3])
    if fits then
      lines = lines + (cart[field] and 0 or 1)
      cart[field] = math.min((cart[field] or 0) + ARGV[i + 1], tonumber(ARGV[2]))
      redis.call('HSET', KEYS[1], field, cart[field])
    end
  end
  redis.call('HSET', KEYS[1], 'merge:' .. ARGV[1], string.format('%.0f', now))
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
end
return redis.call('HGETALL', KEYS[1])
