-- Lets go of a resumable upload: what it stored stays for whoever goes on.
-- KEYS[1] the consumer's base
-- ARGV    request, token
-- Returns 1 | 0 it is sealed, taken over by another or gone
-- May run twice.
local id, token = ARGV[1], ARGV[2]
local key = request_key(id)
local row = redis.call('HMGET', key, 'state', 'token', 'chain')
if row[1] ~= 'receiving' or row[2] ~= token or not row[3] then return 0 end
redis.call('HSET', key, 'paused', 1, 'touchedAt', now)
note_receiving(id, token)
return 1
