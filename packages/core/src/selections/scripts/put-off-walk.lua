-- Lets a walk rest after a failure that will pass, or gives it back.
-- KEYS[1] the consumer's base
-- ARGV    selection, token, ms, code or '' where nothing failed, message
-- Returns 1 | 0 when somebody else has the walk
-- May run twice: whoever put it off does not have it any more.
local id, token = ARGV[1], ARGV[2]
local key = selection_key(id)
if not holds(id, token) then return 0 end
redis.call('HDEL', key, 'token')
redis.call('ZADD', walks_key, now + tonumber(ARGV[3]), id)
if ARGV[4] ~= '' then
  redis.call('HINCRBY', key, 'failures', 1)
  redis.call('HSET', key, 'waitCode', ARGV[4], 'waitMessage', ARGV[5])
end
return 1
