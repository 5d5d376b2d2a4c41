-- All sessions of a hold were found as of a moment; or it is put off, because of what is said, and goes on where it is or begins anew.
-- KEYS[1] the consumer's base
-- ARGV    hold, token, the moment or '', ms until it may be taken up again, code, message, '1' to begin anew
-- Returns 1 | 0 somebody else has the hold, or it is lifted
-- May run twice: the second finds another token, or the same moment.
local id = ARGV[1]
local row = redis.call('HMGET', hold_key(id), 'token', 'removing')
if row[1] ~= ARGV[2] or row[2] then return 0 end
redis.call('HDEL', hold_key(id), 'token')
redis.call('HSET', resolving_key, 'dueAt', now + tonumber(ARGV[4]))
if ARGV[3] ~= '' or ARGV[7] == '1' then forget_walk(id) end
if ARGV[3] == '' then
  redis.call('HSET', resolving_key, 'code', ARGV[5], 'message', ARGV[6])
  redis.call('HINCRBY', resolving_key, 'failures', 1)
  return 1
end
redis.call('HDEL', resolving_key, 'code', 'message', 'failures', 'dueAt')
redis.call('ZADD', subjects_key, 'XX', ARGV[3], id)
wake('deletion')
return 1
