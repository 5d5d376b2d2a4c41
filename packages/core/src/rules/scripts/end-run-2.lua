-- Ends the run of a rule that is under way.
-- KEYS    the rule's record, its runs
-- ARGV    moment of the run (ms), the run as it ended, the run as it was read, or '' where it is gone
-- Returns 1 | 0 when it has ended before
-- May run twice: what has ended is another text by then.
local key, runs = KEYS[1], KEYS[2]
if (redis.call('HGET', runs, ARGV[1]) or '') ~= ARGV[3] then return 0 end
redis.call('HSET', runs, ARGV[1], ARGV[2])
if redis.call('HGET', key, 'open') == ARGV[1] then redis.call('HDEL', key, 'open') end
return 1
