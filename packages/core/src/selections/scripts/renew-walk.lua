-- Holds on to a walk while something is done of it that records no page.
-- KEYS[1] the consumer's base
-- ARGV    selection, token, lease (ms)
-- Returns 1 | 0 somebody else has the walk, or it is over
-- May run twice: the same lease again, a little later.
local id, lease = ARGV[1], tonumber(ARGV[3])
if not holds(id, ARGV[2]) then return 0 end
redis.call('ZADD', walks_key, now + lease, id)
return 1
