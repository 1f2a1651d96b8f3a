/** The same for the scripts in libs/cache/src/session/scripts. */
const lua = (name, mistake, file, from, to) => ({
  name: `${file}: ${name}`,
  mistake,
  edits: [{ file, from, to }],
  specs: 'session.int-spec',
});

export const sessionMutants = [
  lua(
    'preferences of nobody',
    'a change that ends after the logout makes a session of preferences',
    'change-preferences.lua',
    `if not id then
  return { 'gone' }
end`,
    ``,
  ),
  lua(
    'version not compared',
    'the last of two changes wins, and the other is lost',
    'change-preferences.lua',
    `if tonumber(version) ~= tonumber(ARGV[1]) then`,
    `if false then`,
  ),
  lua(
    'the version stays',
    'two changes that read one version are both written',
    'change-preferences.lua',
    `'%.0f', version + 1`,
    `'%.0f', version`,
  ),
  lua(
    'a cart of nobody',
    'a write that ends after the logout makes a session of a cart',
    'write-cart.lua',
    `if account ~= '' then`,
    `if account and account ~= '' then`,
  ),
  lua(
    'the seal is ignored',
    'what is added while the cart moves is lost',
    'write-cart.lua',
    `if sealed then`,
    `if false then`,
  ),
  lua(
    'add replaces',
    'of adds at the same time one counts',
    'write-cart.lua',
    `if verb == 'add' then`,
    `if verb == 'sum' then`,
  ),
  lua(
    'a line is left with nothing',
    'what was taken stays as a line, and counts towards the limit',
    'write-cart.lua',
    `if before and before > quantity then`,
    `if before and before >= quantity then`,
  ),
  lua('no limit of lines', 'a cart grows for ever', 'write-cart.lua', `#lines >= tonumber(ARGV[6]) or `, ``),
  lua('no limit of bytes', 'a cart of long ids', 'write-cart.lua', ` or bytes_then > tonumber(ARGV[7])`, ``),
  lua(
    'merged each time',
    'a sign-in that is tried again doubles the cart',
    'merge.lua',
    `    done = true`,
    `    done = false`,
  ),
  lua('no limit of lines', 'a cart grows by sign-ins', 'merge.lua', `lines < tonumber(ARGV[3]) and `, ``),
  lua('no limit of bytes', 'the same with long ids', 'merge.lua', ` and bytes + more <= tonumber(ARGV[4])`, ``),
  lua(
    'the second account takes the seal',
    'two accounts get one cart',
    'seal.lua',
    `if not sealed then`,
    `if true then`,
  ),
  lua('no limit of bytes', 'a session of long names', 'remember.lua', ` or bytes > tonumber(ARGV[2])`, ``),
  lua(
    'a memory of nobody',
    'what a session that has ended changed makes a session',
    'remember.lua',
    `if not id then
  return 0
end`,
    ``,
  ),
  lua(
    'no grace',
    'tabs that still have the old secret end the session',
    'check.lua',
    ` or now >= tonumber(previous_until) then`,
    ` or true then`,
  ),
  lua(
    'endless grace',
    'a thief goes on with the old secret',
    'check.lua',
    ` or now >= tonumber(previous_until) then`,
    ` then`,
  ),
  lua(
    'a replay is refused and no more',
    'the thief is not noticed by the owner',
    'check.lua',
    `    redis.call('DEL', KEYS[1])
    return { 'replayed', id, account }`,
    `    return { 'replayed', id, account }`,
  ),
  lua('each use recorded', 'every read writes', 'check.lua', `now - seen >= tonumber(ARGV[7])`, `now - seen >= 0`),
  lua(
    'no absolute end',
    'a session in use lives for ever',
    'check.lua',
    `math.min(now + ARGV[3], f[5] + ARGV[4])`,
    `now + ARGV[3]`,
  ),
  lua(
    'a secret that is replaced on purpose has grace',
    'whoever had it before the password was given goes on',
    'check.lua',
    `if f[13] ~= '1' then`,
    `if false then`,
  ),
  lua(
    'a generation skipped',
    'a session that missed a revocation is made current by the next',
    'adopt-generation.lua',
    ` or tonumber(generation) ~= tonumber(ARGV[1]) - 1 then`,
    ` then`,
  ),
  lua(
    'rotated with any secret',
    'who has an old secret makes a valid one of it',
    'rotate.lua',
    `if proof ~= ARGV[1] or (`,
    `if not proof or (`,
  ),
  lua(
    'made over another',
    'a session is replaced by one of the same key',
    'create.lua',
    `if redis.call('EXISTS', KEYS[1]) == 1 then`,
    `if false then`,
  ),
];
