#!lua flags=allow-oom
-- An invalidation with the new value at hand, which takes the place of an older row; of nothing else, because only an
-- older row shows that no later invalidation has finished: not a cached absence, nor a value that was expired.
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
local isRow = entry and entry.state == 'V' and entry.mark ~= '-----' and #entry.payload > tonumber(ARGV[4])
if not isRow then
  invalidate(key, entry, version, '', ARGV[6])
elseif tonumber(version) < tonumber(entry.number) then
  answer = -1
else
  writeValue(key, version, ARGV[2], string.sub(entry.payload, 1, ARGV[4]) .. ARGV[3], ARGV[5])
  answer = 1
end
announce(key)
return answer
