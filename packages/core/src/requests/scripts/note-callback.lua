-- Notes in a request's record what became of the callback that tells of its end.
-- KEYS[1] the consumer's base
-- ARGV    request, the end it tells of (ms), 'pending' | 'delivered' | 'failed', attempts made
-- Returns 1 | 0 the record is gone, or its last end is another one
-- May run twice, and in any order: what was delivered stays so, and what was tried is not forgotten for the note of its adding.
local key, finished, state, attempts = request_key(ARGV[1]), ARGV[2], ARGV[3], ARGV[4]
local row = redis.call('HMGET', key, 'finishedAt', 'callbackOf', 'callbackState')
if row[1] ~= finished then return 0 end
if row[2] == finished and (attempts == '0' or row[3] == 'delivered') then return 1 end
redis.call('HSET', key, 'callbackOf', finished, 'callbackState', state, 'callbackAttempts', attempts, 'callbackAt', now)
return 1
