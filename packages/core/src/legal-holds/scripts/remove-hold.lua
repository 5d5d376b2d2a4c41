-- Begins to lift a legal hold: nothing waits for its sessions to be found any more, and they are let go by let-go.lua. The journal of evidence has
-- it, with its reason.
-- KEYS[1] the consumer's base
-- ARGV    hold, the reason, who lifts it or ''
-- Returns 1 | 0 there is no such hold
-- May run twice: the second finds it being lifted.
local id = ARGV[1]
local key = hold_key(id)
if redis.call('EXISTS', key) == 0 then return 0 end
if redis.call('HSETNX', key, 'liftedAt', now) == 1 then note_hold('lifted', id, ARGV[3], ARGV[2]) end
redis.call('HSET', key, 'removing', 1)
redis.call('ZADD', lifting_key, 'NX', now, id)
redis.call('ZREM', subjects_key, id)
-- With the last one there is nothing to resolve any more.
if redis.call('EXISTS', subjects_key) == 0 then redis.call('DEL', resolving_key) end
-- A lane that waited for it to be resolved may go on.
wake('deletion')
return 1
