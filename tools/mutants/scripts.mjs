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
    'record.lua',
    `return entry and redis.call('DEL', key) or 0`,
    `return entry and entry.state == 'V' and redis.call('DEL', key) or 0`,
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
    `  writeTombstone(key, version, tombstoneMs)
  return 1`,
    `  if entry and entry.token then
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
  lua(
    'with a TTL',
    'an intent that expires before its COMMIT lets an old row be filled',
    'intend.lua',
    `others .. mine)
announce`,
    `others .. mine, 'PX', 60000)
announce`,
  ),
  lua(
    'forgets the floor',
    'the row that it will replace is filled again',
    'intend.lua',
    `(entry and entry.number or '0')`,
    `'0'`,
  ),
  lua(
    'takes the place of other intents',
    'of two writers the first to end lets the old row of the other be filled',
    'intend.lua',
    `entry and entry.transactions or ''`,
    `''`,
  ),
  lua(
    'placed twice',
    'a command that is sent again leaves an intent that nobody ends',
    'intend.lua',
    `local others = string.gsub(entry and entry.transactions or '', mine, '')`,
    `local others = entry and entry.transactions or ''`,
  ),
  lua('not announced', 'an L1 goes on with what a strict write replaces', 'intend.lua', `announce(key)`, ``),
  lua(
    'refused when out of memory',
    'a full Redis stops every strict write',
    'intend.lua',
    `#!lua flags=allow-oom`,
    `#!lua`,
  ),
  lua(
    'of a key without an intent',
    'the end of an intent that is over already takes the value',
    'withdraw.lua',
    `if not entry or entry.state ~= 'I' then
  return 0
end`,
    `if not entry then
  return 0
end
entry.transactions = entry.transactions or ''`,
  ),
  lua('refused when out of memory', 'a full Redis keeps its intents', 'withdraw.lua', `#!lua flags=allow-oom`, `#!lua`),
  lua(
    'an intent ends with its first transaction',
    'the writers that are still under way are forgotten',
    'record.lua',
    `  if rest == '' then`,
    `  if true then`,
  ),
  lua(
    'an intent ended by a part of its name',
    'transaction 7 ends 77',
    'record.lua',
    `string.gsub(rest, ',' .. transaction .. ';', '')`,
    `string.gsub(rest, transaction .. ';', '')`,
  ),
  lua(
    'an intent keeps its old floor',
    'what was committed is filled in its old version by a load from a replica that lags',
    'record.lua',
    `  if tonumber(floor) < tonumber(entry.number) then`,
    `  if true then`,
  ),
  lua(
    'an intent goes back to a lower floor',
    'an event that comes late lets an old row in',
    'record.lua',
    `  if tonumber(floor) < tonumber(entry.number) then`,
    `  if false then`,
  ),
  lua(
    'an intent with what is left of it expires',
    'the writer that is still under way is forgotten in time',
    'record.lua',
    `redis.call('SET', key, 'I' .. floor .. '|' .. rest)`,
    `redis.call('SET', key, 'I' .. floor .. '|' .. rest, 'PX', tombstoneMs)`,
  ),
  lua(
    'what only looks like an intent taken for one',
    'one key that somebody else wrote holds up its invalidations for ever',
    'record.lua',
    ` or (entry.state == 'I' and not entry.transactions)`,
    ``,
  ),
  lua(
    'a chain without numbers',
    'a replica that lacks an event is certified all the same',
    'apply-batch.lua',
    `if tonumber(at) ~= tonumber(after) then`,
    `if false then`,
  ),
  lua(
    'a chain that begins by itself',
    'the number is made anew when it is absent, and what was lost with it is skipped',
    'apply-batch.lua',
    `if not at then
  return {'unknown'}
end`,
    `at = at or after`,
  ),
  lua(
    'numbers compared as texts',
    'batch 10 comes before batch 9',
    'apply-batch.lua',
    `tonumber(at) < tonumber(ARGV[2])`,
    `at < ARGV[2]`,
  ),
  lua(
    'a batch of which part is missing taken for a duplicate',
    'the rest of it is never applied',
    'apply-batch.lua',
    `tonumber(at) < tonumber(ARGV[2])`,
    `tonumber(at) < tonumber(after)`,
  ),
  lua(
    'the number stays',
    'every batch after the first is a gap',
    'apply-batch.lua',
    `if ARGV[2] ~= after then`,
    `if ARGV[2] == after then`,
  ),
  lua('never certified', 'nothing is served at a bound', 'apply-batch.lua', `if ARGV[3] ~= '' then`, `if false then`),
  lua(
    'certified by a replay',
    'a batch without a certificate takes it away',
    'apply-batch.lua',
    `if ARGV[3] ~= '' then`,
    `if true then`,
  ),
  lua(
    'certificates are not told',
    'an L1 serves nothing at a bound',
    'apply-batch.lua',
    `redis.call('PUBLISH', string.match`,
    `redis.call('EXISTS', string.match`,
  ),
  lua(
    'entries and tags mistaken',
    'the last entry of a batch is not invalidated, or the first tag is not retired',
    'apply-batch.lua',
    `if place <= entries then`,
    `if place < entries then`,
  ),
  lua(
    'versions and transactions mistaken',
    'an entry is invalidated with the version of another',
    'apply-batch.lua',
    `ARGV[place * 2 + 3], ARGV[place * 2 + 4]`,
    `ARGV[place + 4], ARGV[place + 5]`,
  ),
  lua(
    'changes are not told',
    'an L1 goes on with what a batch has invalidated',
    'apply-batch.lua',
    `announce(key)`,
    ``,
  ),
  lua(
    'refused when out of memory',
    'a full Redis serves what was invalidated',
    'apply-batch.lua',
    `#!lua flags=allow-oom`,
    `#!lua`,
  ),
  lua(
    'nothing retired',
    'what was lost by a store that went back in time is served, and certified',
    'restart-chain.lua',
    `redis.call('DEL', KEYS[place])`,
    `redis.call('GET', KEYS[place])`,
  ),
  lua(
    'the old certificate kept',
    'what a chain knew before it was begun anew is believed afterwards',
    'restart-chain.lua',
    `redis.call('DEL', KEYS[2])`,
    ``,
  ),
  lua(
    'retired without a word',
    'every L1 goes on with what it has',
    'restart-chain.lua',
    `  redis.call('PUBLISH', string.match(KEYS[place], '^[^:]*') .. ':invalidated', KEYS[place])
`,
    ``,
  ),
  lua('never begun', 'a chain is restarted for ever', 'restart-chain.lua', `redis.call('SET', KEYS[1], ARGV[1])`, ``),
];
