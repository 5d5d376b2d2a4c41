-- Writes down which pending sessions Learnosity showed, and opens a request that waited for that.
-- KEYS[1] the consumer's base
-- ARGV    request, token, the number of the first, how many, ms until more is looked for, '1' when Learnosity has answered, then the indexes
--         of those that were shown, from 0
-- Returns 1 | 0 somebody else looks
-- May run twice: whoever has recorded it does not look any more.
local id, first, count, next_ms = ARGV[1], tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local key = request_key(id)
if redis.call('HGET', key, 'looker') ~= ARGV[2] then return 0 end
redis.call('HDEL', key, 'looker')
redis.call('ZADD', unseen_key, 'XX', now + next_ms, id)
if ARGV[6] ~= '1' then return 1 end
for i = 7, #ARGV do redis.call('SETBIT', key .. ':seen', first + tonumber(ARGV[i]), 1) end
-- It may have ended while Learnosity was asked.
local left = redis.call('PTTL', key)
if left > 0 then redis.call('PEXPIRE', key .. ':seen', left) end
redis.call('HSET', key, 'lookedTo', first + count)
redis.call('HINCRBY', verification_key, 'looked', count)
-- A legal hold that is still to be resolved keeps it, as in open.lua.
local may_open = look_first(id) == 0 and early_by(id) == 0 and unresolved_for(id) == 0
if redis.call('HGET', key, 'state') == 'accepted' and may_open then
  redis.call('HSET', key, 'state', 'processing')
  join_rotation('deletion', false, id)
end
return 1
