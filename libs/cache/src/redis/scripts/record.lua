-- Reads and writes the text of an entry. Stands before every script that touches one.
--
-- 'V<version><mark><payload>'                    a value; a mark is five characters, the first no digit
-- 'R<version><mark><token>|<untilMs>|<payload>'  a value, and who is loading it anew
-- 'T<floor>|<token>|<untilMs>'                   no value; token and untilMs are empty without a lease
-- 'I<floor>|,xid;,xid;'                          strict writes in flight

-- The entry at key as a table with text, state, number (a version or a floor), and what else it has; nil if there is none.
local function read(key)
  local text = redis.pcall('GET', key)
  if type(text) ~= 'string' then
    return nil -- absent, or a key of another type, which is nothing to us
  end
  local state, number, at = string.match(text, '^(%u)(%d+)()')
  if number and #number > 16 then
    return nil -- more than a reader takes for a number: it would never be replaced
  end
  local entry = {text = text, state = state, number = number}
  if state == 'V' then
    entry.mark, entry.payload = string.match(text, '^(%D....)(.*)$', at)
  elseif state == 'R' then
    entry.state = 'V'
    entry.mark, entry.token, entry.untilMs, entry.payload = string.match(text, '^(%D....)([^|]+)|(%d+)|(.*)$', at)
  elseif state == 'T' then
    entry.token, entry.untilMs = string.match(text, '^|([^|]+)|(%d+)$', at)
  elseif state == 'I' then
    entry.transactions = string.match(text, '^|([,;%d]*)$', at)
  else
    return nil
  end
  if (entry.state == 'V' and not entry.payload) or (entry.state == 'I' and not entry.transactions) then
    return nil
  end
  return entry
end

local function isLeased(entry, nowMs)
  return entry.untilMs ~= nil and tonumber(entry.untilMs) > nowMs
end

local function writeValue(key, version, mark, payload, ttlMs)
  redis.call('SET', key, 'V' .. version .. mark .. payload, 'PX', ttlMs)
end

local function writeTombstone(key, floor, tombstoneMs)
  redis.call('SET', key, 'T' .. floor .. '||', 'PX', tombstoneMs)
end

-- Takes the lease from an entry; a tombstone begins its time anew, a value keeps what it has left.
local function takeLease(key, entry, tombstoneMs)
  if entry.state == 'V' then
    redis.call('SET', key, 'V' .. entry.number .. entry.mark .. entry.payload, 'KEEPTTL')
  else
    writeTombstone(key, entry.number, tombstoneMs)
  end
end

-- Tells every process that has the key in its own tier.
local function announce(key)
  redis.call('PUBLISH', string.match(key, '^[^:]*') .. ':invalidated', key)
end

-- Strikes one transaction from an intent, and raises its floor; the last one leaves a tombstone.
local function strike(key, entry, floor, transaction, tombstoneMs)
  local rest = entry.transactions
  if transaction ~= '' then
    rest = string.gsub(rest, ',' .. transaction .. ';', '')
  end
  if tonumber(floor) < tonumber(entry.number) then
    floor = entry.number
  end
  if rest == '' then
    writeTombstone(key, floor, tombstoneMs)
  else
    redis.call('SET', key, 'I' .. floor .. '|' .. rest)
  end
end

-- An entry is not to be older than version from now on; version '' is that of a change of which nobody knows it.
-- Ends the intent of transaction, '' for none. Returns 1 when the key changed, 0 when nothing older was there.
local function invalidate(key, entry, version, transaction, tombstoneMs)
  if entry and entry.state == 'I' then
    strike(key, entry, version == '' and '0' or version, transaction, tombstoneMs)
    return 1
  end
  if version == '' then
    return entry and redis.call('DEL', key) or 0
  end
  if entry and tonumber(entry.number) >= tonumber(version) then
    return 0
  end
  writeTombstone(key, version, tombstoneMs)
  return 1
end
