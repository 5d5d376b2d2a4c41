-- Makes a legal hold: on sessions, which it counts from now; or on a user or an activity, whose sessions a worker finds. The journal of evidence
-- has it in the same step.
-- KEYS[1] the consumer's base
-- ARGV    hold, 'sessions' | 'user' | 'activity', number of record fields n, n fields and values, then at most 1,000 packed ids
-- Returns when it was made (ms) | nil the hold of this id is being lifted: nothing is added to it
-- May run twice: the second finds it made.
local id, on, n = ARGV[1], ARGV[2], tonumber(ARGV[3])
local key = hold_key(id)
local is_new = redis.call('EXISTS', key) == 0
if redis.call('HEXISTS', key, 'removing') == 1 then return nil end
if is_new then
  redis.call('HSET', key, 'on', on, 'createdAt', now, unpack(ARGV, 4, 3 + n))
  redis.call('ZADD', holds_key, now, id)
  if on ~= 'sessions' then
    redis.call('ZADD', subjects_key, 0, id)
    redis.call('HDEL', resolving_key, 'dueAt', 'failures')
    wake('legal-hold')
  end
end
local packed = {}
for i = 4 + n, #ARGV do packed[#packed + 1] = ARGV[i] end
hold_sessions(id, packed)
if is_new then
  local said = redis.call('HMGET', key, 'by', 'reason')
  note_hold('held', id, said[1], said[2])
end
return redis.call('HGET', key, 'createdAt')
