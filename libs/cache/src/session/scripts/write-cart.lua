-- Changes one cart. An anonymous session's cart is changed only while the session lives and is not sealed.
--
-- KEYS[1] session or account cart  hash with a field cart:<product id> per line
-- ARGV[1] owner        'session' or 'account'
-- ARGV[2] verb         'add', 'take', 'set', 'remove' or 'clear'
-- ARGV[3] product      product id, '' for clear
-- ARGV[4] quantity     integer, 0 for remove and clear
-- ARGV[5] maxQuantity  integer
-- ARGV[6] maxLines     integer
-- ARGV[7] maxBytes     of the lines' fields, with so many digits for each quantity as maxQuantity has
-- ARGV[8] cartMs       how long an account's cart is kept from now, milliseconds
-- Returns {'written', field, value, ...}, {'full'}, {'gone'} or {'sealed', account}.
local owner, verb, field, quantity = ARGV[1], ARGV[2], 'cart:' .. ARGV[3], tonumber(ARGV[4])

if owner == 'session' then
  local account, sealed = unpack(redis.call('HMGET', KEYS[1], 'account', 'sealed'))
  if account ~= '' then
    return { 'gone' }
  end
  if sealed then
    return { 'sealed', sealed }
  end
end

local fields = redis.call('HGETALL', KEYS[1])
local lines, bytes = {}, 0
local before = nil
for i = 1, #fields, 2 do
  if string.sub(fields[i], 1, 5) == 'cart:' then
    lines[#lines + 1] = fields[i]
    bytes = bytes + #fields[i] + #ARGV[5]
    if fields[i] == field then
      before = tonumber(fields[i + 1]) or 0
    end
  end
end

if verb == 'clear' then
  if #lines > 0 then
    redis.call('HDEL', KEYS[1], unpack(lines))
  end
elseif verb == 'remove' then
  redis.call('HDEL', KEYS[1], field)
elseif verb == 'take' then
  if before and before > quantity then
    redis.call('HSET', KEYS[1], field, before - quantity)
  else
    redis.call('HDEL', KEYS[1], field)
  end
else
  local bytes_then = bytes + #field + #ARGV[5]
  if not before and (#lines >= tonumber(ARGV[6]) or bytes_then > tonumber(ARGV[7])) then
    return { 'full' }
  end
  if verb == 'add' then
    quantity = quantity + (before or 0)
  end
  redis.call('HSET', KEYS[1], field, math.min(quantity, tonumber(ARGV[5])))
end
if owner == 'account' then
  redis.call('PEXPIRE', KEYS[1], ARGV[8])
end
local after = { 'written' }
for _, text in ipairs(redis.call('HGETALL', KEYS[1])) do
  after[#after + 1] = text
end
return after
