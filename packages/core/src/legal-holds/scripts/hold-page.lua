-- Keeps sessions that were found of a hold on a user or an activity, and where its walk goes on: a page that fails is asked for again, and not all before it.
-- KEYS[1] the consumer's base
-- ARGV    hold, token, cursor of the next page or '' where more of this one follow, pages and sessions until there, then at most 1,000 packed ids
-- Returns 1 | 0 somebody else has the hold, or it is lifted
-- May run twice: each session counts once for a hold.
local row = redis.call('HMGET', hold_key(ARGV[1]), 'token', 'removing')
if row[1] ~= ARGV[2] or row[2] then return 0 end
local packed = {}
for i = 6, #ARGV do packed[#packed + 1] = ARGV[i] end
hold_sessions(ARGV[1], packed)
if ARGV[3] ~= '' then
  redis.call('HSET', hold_key(ARGV[1]), 'next', ARGV[3], 'pages', ARGV[4], 'shown', ARGV[5], 'pageAt', now)
  redis.call('HDEL', resolving_key, 'code', 'message', 'failures')
end
return 1
