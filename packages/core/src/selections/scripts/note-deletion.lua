-- Writes down which request deletes a selection; of several the newest.
-- KEYS[1] the consumer's base
-- ARGV    selection, request
-- May run twice. A selection that has gone meanwhile stays so.
local key = selection_key(ARGV[1])
if redis.call('EXISTS', key) == 1 then redis.call('HSET', key, 'request', ARGV[2]) end
return 1
