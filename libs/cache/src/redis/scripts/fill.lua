-- Stores a loaded value, if the lease that its load was granted still stands.
--
-- KEYS[1] entry        string, as in record.lua
-- ARGV[1] token        string, from lease.lua
-- ARGV[2] version      integer, the row's version, >= 0
-- ARGV[3] mark         string, when the lease was granted
-- ARGV[4] payload      string, stamp and encoded value
-- ARGV[5] ttlMs        integer, milliseconds, > 0
-- ARGV[6] tombstoneMs  integer, milliseconds, > 0
-- Returns 1 stored, 0 the lease is gone, -1 the row is older than the floor and the lease is given up.
local key = KEYS[1]
local entry = read(key)
if not entry or entry.token ~= ARGV[1] then
  return 0
end
if tonumber(ARGV[2]) < tonumber(entry.number) then
  takeLease(key, entry, ARGV[6])
  return -1
end
writeValue(key, ARGV[2], ARGV[3], ARGV[4], ARGV[5])
return 1
