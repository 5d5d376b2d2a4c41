-- Begins a run of a rule, one at a time: what is due while another is under way is noted as skipped.
-- KEYS    the rule's record, its runs
-- ARGV    moment of the run (ms), revision of the rule that was read, when it was due or '' for a run by hand, when it is due next, the run,
--         the same as skipped, most runs
-- Returns { 'begun' } | { 'skipped' } | { 'there' } it was begun before | { 'open', moment } by hand: one is under way
--         | { 'changed' } the rule is another by now, or is due at another time
-- May run twice: the second finds the run there.
local key, runs = KEYS[1], KEYS[2]
local moment, due = ARGV[1], ARGV[3]
local row = redis.call('HMGET', key, 'revision', 'due', 'open')
if redis.call('HEXISTS', runs, moment) == 1 then return { 'there' } end
if row[1] ~= ARGV[2] then return { 'changed' } end
local open = row[3]
if due == '' then
  if open then return { 'open', open } end
else
  if row[2] ~= due then return { 'changed' } end
  redis.call('HSET', key, 'due', ARGV[4])
end
redis.call('PERSIST', runs)
redis.call('HSET', runs, moment, open and ARGV[6] or ARGV[5])
if not open then redis.call('HSET', key, 'open', moment) end
-- Of more than are kept the oldest goes that is not under way.
local oldest
for _, one in ipairs(redis.call('HKEYS', runs)) do
  if one ~= open and one ~= moment and (not oldest or tonumber(one) < tonumber(oldest)) then oldest = one end
end
if oldest and redis.call('HLEN', runs) > tonumber(ARGV[7]) then redis.call('HDEL', runs, oldest) end
return { open and 'skipped' or 'begun' }
