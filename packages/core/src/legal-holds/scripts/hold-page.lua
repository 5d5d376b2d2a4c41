-- Keeps sessions that were found of a hold on a user or an activity.
-- KEYS[1] the consumer's base
-- ARGV    hold, token, then at most 1,000 packed ids
-- Returns 1 | 0 somebody else has the hold, or it is lifted
-- May run twice: each session counts once for a hold.
local row = redis.call('HMGET', hold_key(ARGV[1]), 'token', 'removing')
if row[1] ~= ARGV[2] or row[2] then return 0 end
local packed = {}
for i = 3, #ARGV do packed[#packed + 1] = ARGV[i] end
hold_sessions(ARGV[1], packed)
return 1
