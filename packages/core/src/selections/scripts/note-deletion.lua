-- Writes down which request deletes a selection; of several the newest.
-- KEYS[1] the consumer's base
-- ARGV    selection, request, '1' where the request stood before: another one may have come after it
-- May run twice. A selection that has gone meanwhile stays so.
local key = selection_key(ARGV[1])
if redis.call('EXISTS', key) == 0 then return 0 end
return redis.call(ARGV[3] == '1' and 'HSETNX' or 'HSET', key, 'request', ARGV[2])
