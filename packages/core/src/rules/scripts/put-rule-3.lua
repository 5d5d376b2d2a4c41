-- Sets a rule, or changes one that nobody has changed since it was read. The journal of evidence has it in the same step.
-- KEYS    the rule's record, the names of all rules, the consumers under evidence
-- ARGV    name, revision that was read or '' where there was none, rule, when it is due (ms) or '', who sets it or '', most rules, what the journal
--         is told of it: without ids
-- Returns { 'put' } | { 'stale' } it is another one by now | { 'full' }
-- May run twice: the second finds the same rule, and changes nothing.
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
local key, names = KEYS[1], KEYS[2]
local row = redis.call('HMGET', key, 'rule', 'revision', 'removed')
if row[1] == ARGV[3] and not row[3] then return { 'put' } end
-- One that was removed while it ran is none; what runs goes on, and finds another rule.
if (not row[3] and row[2] or '') ~= ARGV[2] then return { 'stale' } end
if not row[1] and redis.call('SCARD', names) >= tonumber(ARGV[6]) then return { 'full' } end
-- Never the same again, also of a rule that was removed and set anew: a run belongs to one revision.
local revision = string.format('%.0f', math.max(now, tonumber(row[2] or 0) + 1))
redis.call('HSET', key, 'rule', ARGV[3], 'revision', revision, 'updatedAt', now)
redis.call('HSET', key, row[3] and 'createdAt' or 'updatedAt', now)
redis.call('HSETNX', key, 'createdAt', now)
redis.call('HDEL', key, 'removed')
if ARGV[4] == '' then redis.call('HDEL', key, 'due') else redis.call('HSET', key, 'due', ARGV[4]) end
if ARGV[5] == '' then redis.call('HDEL', key, 'updatedBy') else redis.call('HSET', key, 'updatedBy', ARGV[5]) end
redis.call('SADD', names, ARGV[1])
local event = row[1] and not row[3] and 'rule-changed' or 'rule-set'
note_change(KEYS[3], cjson.decode(ARGV[3]).consumer, event, { 'rule', ARGV[1], 'by', ARGV[5], 'facts', ARGV[7] })
return { 'put' }
