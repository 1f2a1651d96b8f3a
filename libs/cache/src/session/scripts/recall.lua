-- Reads what sessions remember. Writes nothing.
--
-- KEYS[1...] sessions  hashes
-- Returns for each the text of its versions, nil without such a session or memory, or for a key that is no session.
local texts = {}
for i, key in ipairs(KEYS) do
  local text = redis.pcall('HGET', key, 'versions')
  texts[i] = type(text) == 'string' and text
end
return texts
