#!lua flags=allow-oom
-- Lets a chain begin anew on a server that does not know where it stands, or cannot be told what it lacks: everything cached is
-- retired in the same step.
--
-- KEYS[1] chain        integer
-- KEYS[2] certificate  number
-- KEYS[3...] tags, the generation of every space of the service
-- ARGV[1] at           integer, >= 0: the changes up to this number were committed before this command was sent
-- Returns 1.
for place = 3, #KEYS do
  redis.call('DEL', KEYS[place])
  redis.call('PUBLISH', string.match(KEYS[place], '^[^:]*') .. ':invalidated', KEYS[place])
end
redis.call('DEL', KEYS[2])
redis.call('SET', KEYS[1], ARGV[1])
return 1
