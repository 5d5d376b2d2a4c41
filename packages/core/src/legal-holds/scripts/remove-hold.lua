-- Lifts a legal hold, at most 1,000 of its sessions a call; those that another hold has stay held. The journal of evidence has it, with its reason,
-- once the first of them is let go.
-- KEYS[1] the consumer's base
-- ARGV    hold, the reason, who lifts it or ''
-- Returns { 1 when there was such a hold, 1 when more slices are left }
-- May run twice: what was taken out is out, and run again it takes the next ones, which were asked for as well.
local id = ARGV[1]
local key = hold_key(id)
if redis.call('EXISTS', key) == 0 then return { 0, 0 } end
if redis.call('HSETNX', key, 'liftedAt', now) == 1 then note_hold('lifted', id, ARGV[3], ARGV[2]) end
redis.call('HSET', key, 'removing', 1)
redis.call('ZREM', subjects_key, id)
-- With the last one there is nothing to resolve any more.
if redis.call('EXISTS', subjects_key) == 0 then redis.call('DEL', resolving_key) end
for _, session in ipairs(redis.call('SPOP', key .. ':sessions', 1000)) do
  if redis.call('HINCRBY', held_key, session, -1) <= 0 then redis.call('HDEL', held_key, session) end
end
if redis.call('EXISTS', key .. ':sessions') == 1 then return { 1, 1 } end
redis.call('DEL', key)
redis.call('ZREM', holds_key, id)
-- A lane that waited for it to be resolved may go on.
wake('deletion')
return { 1, 0 }
