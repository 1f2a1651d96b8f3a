#!lua flags=allow-oom
-- An invalidation with the new value at hand, which takes the place of an older one; of nothing else, because only an
-- older value shows that no later invalidation has finished.
--
-- KEYS[1] entry        string, as in record.lua
-- ARGV[1] version      integer, > 0, the row's version after the change
-- ARGV[2] mark         string, when the value was current
-- ARGV[3] body         string, the encoded value without its stamp
-- ARGV[4] stampChars   integer, length of the stamp that the entry keeps
-- ARGV[5] ttlMs        integer, milliseconds, > 0
-- ARGV[6] tombstoneMs  integer, milliseconds, > 0
-- Returns 1 stored, 0 invalidated only, -1 the entry is newer.
local key, version = KEYS[1], ARGV[1]
local entry = read(key)
local answer = 0
if not entry or entry.state ~= 'V' then
  invalidate(key, entry, version, ARGV[6])
elseif tonumber(version) < tonumber(entry.number) then
  answer = -1
else
  writeValue(key, version, ARGV[2], string.sub(entry.payload, 1, ARGV[4]) .. ARGV[3], ARGV[5])
  answer = 1
end
announce(key)
return answer
