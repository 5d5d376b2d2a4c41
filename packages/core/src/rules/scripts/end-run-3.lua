-- Ends the run of a rule that is under way; a rule that was removed meanwhile goes with it.
-- KEYS    the rule's record, its runs, the names of all rules
-- ARGV    name, moment of the run (ms), the run as it ended, the run as it was read, or '' where it is gone
-- Returns 1 | 0 when it has ended before
-- May run twice: what has ended is another text by then.
local key, runs, moment = KEYS[1], KEYS[2], ARGV[2]
if (redis.call('HGET', runs, moment) or '') ~= ARGV[4] then return 0 end
redis.call('HSET', runs, moment, ARGV[3])
local row = redis.call('HMGET', key, 'open', 'removed')
if row[1] ~= moment then return 1 end
redis.call('HDEL', key, 'open')
if row[2] then
  redis.call('SREM', KEYS[3], ARGV[1])
  redis.call('DEL', key)
end
return 1
