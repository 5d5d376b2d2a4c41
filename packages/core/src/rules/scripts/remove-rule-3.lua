-- Removes a rule. Its runs stay for a while: people ask what it did.
-- KEYS    the rule's record, the names of all rules, its runs
-- ARGV    name, how long its runs stay (ms)
-- Returns 1 | 0 when there was none
-- May run twice: the second finds none.
redis.call('SREM', KEYS[2], ARGV[1])
redis.call('PEXPIRE', KEYS[3], ARGV[2])
return redis.call('DEL', KEYS[1])
