#!lua flags=allow-oom
-- Ends the intent of a transaction that is over.
--
-- KEYS[1] entry        string, as in record.lua
-- ARGV[1] transaction  digits, that of the database
-- ARGV[2] tombstoneMs  integer, milliseconds, > 0
-- Returns 1 when there was an intent, 0 otherwise.
local entry = read(KEYS[1])
if not entry or entry.state ~= 'I' then
  return 0
end
strike(KEYS[1], entry, '0', ARGV[1], ARGV[2])
return 1
