/** The same for the scripts in libs/cache/src/redis/scripts, which the tests against a real Redis must notice. */
const lua = (name, mistake, file, from, to) => ({
  name: `${file}: ${name}`,
  mistake,
  edits: [{ file, from, to }],
  specs: 'redis-store.int-spec',
});

export const scriptMutants = [
  lua(
    'fill without a lease',
    'DEL on write, SET on miss',
    'fill.lua',
    `if not entry or entry.token ~= ARGV[1] then
  return 0
end
if tonumber`,
    `if entry and tonumber`,
  ),
  lua(
    'floor ignored',
    'a row from a replica that lags',
    'fill.lua',
    `if tonumber(ARGV[2]) < tonumber(entry.number) then`,
    `if false then`,
  ),
  lua(
    'grants while another lease lives',
    'every process loads a cold key',
    'lease.lua',
    ` and isLeased(entry, nowMs) then`,
    ` and false then`,
  ),
  lua(
    'KEEPTTL lost',
    'a value whose refresh fails stays for ever',
    'lease.lua',
    `redis.call('SET', key, text, 'KEEPTTL')`,
    `redis.call('SET', key, text)`,
  ),
  lua(
    'stamps not compared',
    'what was retired is answered in place of a lease',
    'lease.lua',
    ` and string.sub(entry.payload, 1, #stamp) == stamp`,
    ``,
  ),
  lua(
    'floor forgotten',
    'a lease takes the floor from its tombstone',
    'lease.lua',
    `local floor = entry and entry.number or '0'`,
    `local floor = '0'`,
  ),
  lua(
    'an unversioned invalidation that finds no value does nothing',
    'whoever is loading stores what it read before',
    'invalidate.lua',
    `elseif entry and entry.state ~= 'I' then`,
    `elseif entry and entry.state == 'V' then`,
  ),
  lua(
    'refused when out of memory',
    'a full Redis serves what was invalidated',
    'invalidate.lua',
    `#!lua flags=allow-oom`,
    `#!lua`,
  ),
  lua(
    'keeps the lease of whoever loads',
    'a load in the background is not told that its row has changed',
    'record.lua',
    `  else
    writeTombstone(key, version, tombstoneMs)
  end
  return 1`,
    `  elseif entry and entry.token then
    redis.call('SET', key, 'T' .. version .. '|' .. entry.token .. '|' .. entry.untilMs, 'PX', tombstoneMs)
  else
    writeTombstone(key, version, tombstoneMs)
  end
  return 1`,
  ),
  lua(
    'tombstone dropped by release',
    'a load that fails takes the floor with it',
    'record.lua',
    `    writeTombstone(key, entry.number, tombstoneMs)`,
    `    redis.call('DEL', key)`,
  ),
  lua(
    'KEEPTTL lost by release',
    'a value whose refresh fails stays for ever',
    'record.lua',
    `'V' .. entry.number .. entry.mark .. entry.payload, 'KEEPTTL')`,
    `'V' .. entry.number .. entry.mark .. entry.payload)`,
  ),
  lua(
    'fills an absent key',
    'a late writer brings back what was invalidated and evicted',
    'put.lua',
    `local answer = 0
`,
    `local answer = 0
if not entry then
  entry = {state = 'V', number = '0', payload = 'xxxxxx', mark = 'AAAAA'}
end
`,
  ),
  lua(
    'over a tombstone',
    'the same, where a lease has made the tombstone anew',
    'put.lua',
    `local answer = 0
`,
    `local answer = 0
if entry and entry.state == 'T' then
  entry = {state = 'V', number = entry.number, payload = 'xxxxxx', mark = 'AAAAA'}
end
`,
  ),
  lua('over what was expired', 'a late writer makes it fresh again', 'put.lua', ` and entry.mark ~= '-----'`, ``),
  lua(
    'over an absence',
    'a late writer brings back a row that was deleted',
    'put.lua',
    ` and #entry.payload > tonumber(ARGV[4])`,
    ``,
  ),
  lua(
    'goes back',
    'the writer who was first comes last',
    'put.lua',
    `elseif tonumber(version) < tonumber(entry.number) then`,
    `elseif false then`,
  ),
  lua(
    'keeps the lease',
    'a load that began before is stored as fresh',
    'expire.lua',
    `elseif entry and entry.state == 'T' and entry.token then`,
    `elseif false then`,
  ),
  lua(
    'KEEPTTL lost',
    'what was expired stays for ever',
    'expire.lua',
    `'-----' .. entry.payload, 'PX', math.max(keepMs, 1))`,
    `'-----' .. entry.payload)`,
  ),
  lua(
    'a tag that counts',
    'a counter begins anew after an eviction',
    'retire.lua',
    `redis.call('DEL', KEYS[1])`,
    `redis.call('INCR', KEYS[1])`,
  ),
  lua(
    'a tag without chance',
    'a tag that is created anew meets the entries of its first life',
    'current-tag.lua',
    `value = ARGV[1] .. string.format('%x%05x', clock[1], clock[2])`,
    `value = '0'`,
  ),
];
