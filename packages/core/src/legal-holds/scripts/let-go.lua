-- Lets at most 1,000 sessions of a legal hold go that is being lifted; those that another hold has stay held. With the last one it is gone.
-- KEYS[1] the consumer's base
-- ARGV    hold
-- Returns 'more' when some are left | 'gone' | 'stands' it is not being lifted: it was placed anew under its id
-- May run twice: what was taken out is out, and run again it takes the next ones, which are to go as well.
local id = ARGV[1]
local key = hold_key(id)
if redis.call('EXISTS', key) == 0 then
  redis.call('ZREM', lifting_key, id)
  return 'gone'
end
if redis.call('HEXISTS', key, 'removing') == 0 then return 'stands' end
for _, session in ipairs(redis.call('SPOP', key .. ':sessions', 1000)) do
  if redis.call('HINCRBY', held_key, session, -1) <= 0 then redis.call('HDEL', held_key, session) end
end
if redis.call('EXISTS', key .. ':sessions') == 1 then return 'more' end
redis.call('DEL', key)
redis.call('ZREM', holds_key, id)
redis.call('ZREM', lifting_key, id)
return 'gone'
