#!lua flags=allow-oom
-- Gives a lease up without a value, so that nobody waits for it.
--
-- KEYS[1] entry        string, as in record.lua
-- ARGV[1] token        string, from lease.lua
-- ARGV[2] tombstoneMs  integer, milliseconds, > 0
-- Returns 1 given up, 0 the lease is gone already.
local entry = read(KEYS[1])
if not entry or entry.token ~= ARGV[1] then
  return 0
end
takeLease(KEYS[1], entry, ARGV[2])
return 1
