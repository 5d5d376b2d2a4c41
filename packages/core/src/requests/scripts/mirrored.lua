-- The BullMQ job of a request's end is finished: nothing is left to do for this end.
-- KEYS[1] the consumer's base
-- ARGV    kind, request, the end that was mirrored (ms), 0 for none
-- Returns 1 | 0 it was done already, or a later end stands there, which is still to be mirrored
-- May run twice.
local entry = 'request ' .. ARGV[1] .. ' ' .. ARGV[2]
local since = redis.call('ZSCORE', finish_key, entry)
local later = since and tonumber(since) > tonumber(ARGV[3])
if later and redis.call('EXISTS', request_key(ARGV[2])) == 1 then return 0 end
return redis.call('ZREM', finish_key, entry)
