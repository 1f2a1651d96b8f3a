#!lua flags=allow-oom
-- Retires a tag: the next reader creates it anew, with a value it never had, which no entry carries.
--
-- KEYS[1] tag  string, any text
-- Returns 1 when the tag existed, 0 otherwise.
local existed = redis.call('DEL', KEYS[1])
redis.call('PUBLISH', string.match(KEYS[1], '^[^:]*') .. ':invalidated', KEYS[1])
return existed
