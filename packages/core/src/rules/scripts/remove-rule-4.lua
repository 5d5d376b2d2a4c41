-- Removes a rule; one with a run under way goes with that run's end. Its runs stay for a while: people ask what it did. The journal of
-- evidence has it in the same step.
-- KEYS    the rule's record, the names of all rules, its runs, the consumers under evidence
-- ARGV    name, how long its runs stay (ms), who removes it or ''
-- Returns 1 | 0 when there was none
-- May run twice: the second finds none.
local row = redis.call('HMGET', KEYS[1], 'rule', 'removed', 'open')
if not row[1] or row[2] then return 0 end
redis.call('PEXPIRE', KEYS[3], ARGV[2])
note_change(KEYS[4], cjson.decode(row[1]).consumer, 'rule-removed', { 'rule', ARGV[1], 'by', ARGV[3] })
if row[3] then
  redis.call('HSET', KEYS[1], 'removed', 1)
  redis.call('HDEL', KEYS[1], 'due')
else
  redis.call('SREM', KEYS[2], ARGV[1])
  redis.call('DEL', KEYS[1])
end
return 1
