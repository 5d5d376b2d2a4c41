-- Writes down which request deletes a selection; of several that stand the newest.
-- KEYS[1] the consumer's base
-- ARGV    selection, its digest, request
-- Returns 1 | 0 that was a selection of other sessions, which has gone, or a newer request is written down
-- May run twice.
local key = selection_key(ARGV[1])
local row = redis.call('HMGET', key, 'digest', 'request')
if row[1] ~= ARGV[2] then return 0 end
local function made_at(request) return number_in(request_key(request), 'createdAt') end
if row[2] and made_at(row[2]) > made_at(ARGV[3]) then return 0 end
redis.call('HSET', key, 'request', ARGV[3])
return 1
