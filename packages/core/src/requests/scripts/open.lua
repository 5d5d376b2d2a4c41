-- Puts an accepted request into its lane's rotation.
-- KEYS[1] the consumer's base
-- ARGV    request
-- Returns its state afterwards, or '' when there is no such request
-- May run twice: a request that is open stays where it stands.
local id = ARGV[1]
local key = request_key(id)
local row = redis.call('HMGET', key, 'state', 'kind', 'ignoring')
if row[1] ~= 'accepted' then return row[1] or '' end
redis.call('HSET', key, 'state', 'processing')
join_rotation(row[2], row[3] == '1', id)
return 'processing'
