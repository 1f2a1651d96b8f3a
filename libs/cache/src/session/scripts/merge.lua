-- Adds the lines of an anonymous cart to an account's, once. Quantities add up to the limit; lines that do not fit are
-- dropped, those of the account never.
--
-- KEYS[1] account cart  hash: cart:<product id> to quantity, merge:<merge id> to when it happened (ms)
-- ARGV[1] merge id
-- ARGV[2] maxQuantity  ARGV[3] maxLines   integers
-- ARGV[4] maxBytes   as in write-cart.lua
-- ARGV[5] cartMs  ARGV[6] mergeMemoryMs   milliseconds
-- ARGV[7...] product id, quantity, ...
-- Returns {field, value, ...} of the whole hash.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local fields = redis.call('HGETALL', KEYS[1])
local cart, lines, bytes, done = {}, 0, 0, false
for i = 1, #fields, 2 do
  local kind = string.match(fields[i], '^(%a+):')
  if kind == 'cart' then
    cart[fields[i]] = tonumber(fields[i + 1]) or 0
    lines = lines + 1
    bytes = bytes + #fields[i] + #ARGV[2]
  elseif fields[i] == 'merge:' .. ARGV[1] then
    done = true
  elseif kind == 'merge' and now - fields[i + 1] > tonumber(ARGV[6]) then
    redis.call('HDEL', KEYS[1], fields[i])
  end
end
if not done then
  for i = 7, #ARGV, 2 do
    local field = 'cart:' .. ARGV[i]
    local more = #field + #ARGV[2]
    if cart[field] or (lines < tonumber(ARGV[3]) and bytes + more <= tonumber(ARGV[4])) then
      if not cart[field] then
        lines, bytes = lines + 1, bytes + more
      end
      cart[field] = math.min((cart[field] or 0) + ARGV[i + 1], tonumber(ARGV[2]))
      redis.call('HSET', KEYS[1], field, cart[field])
    end
  end
  redis.call('HSET', KEYS[1], 'merge:' .. ARGV[1], string.format('%.0f', now))
  redis.call('PEXPIRE', KEYS[1], ARGV[5])
end
return redis.call('HGETALL', KEYS[1])
