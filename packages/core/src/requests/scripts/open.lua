-- Puts an accepted request into its lane's rotation, once its time has come.
-- KEYS[1] the consumer's base
-- ARGV    request
-- Returns { its state afterwards, or '' when there is no such request, ms until it may be opened }
-- May run twice: a request that is open stays where it stands.
local id = ARGV[1]
local key = request_key(id)
local row = redis.call('HMGET', key, 'state', 'kind', 'ignoring')
if row[1] ~= 'accepted' then return { row[1] or '', 0 } end
note_sealed(id)
local early = early_by(id)
if early > 0 then return { 'accepted', early } end
redis.call('HSET', key, 'state', 'processing')
join_rotation(row[2], row[3] == '1', id)
return { 'processing', 0 }
