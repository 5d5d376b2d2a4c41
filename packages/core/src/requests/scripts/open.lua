-- Puts an accepted request into its lane's rotation, once its time has come; a deletion that needs an approval waits for it.
-- KEYS[1] the consumer's base
-- ARGV    request
-- Returns { its state afterwards, or '' when there is no such request, ms until it may be opened }
-- May run twice: a request that is open stays where it stands.
local id = ARGV[1]
local key = request_key(id)
local row = redis.call('HMGET', key, 'state', 'kind', 'ignoring', 'startsAt')
if row[1] ~= 'accepted' then return { row[1] or '', 0 } end
note_sealed(id)
local kept = row[2] == 'deletion' and kept_back(id, noted_guards())
if kept then keep_back(id, kept) end
if kept == 'approval' then return { 'waiting', 0 } end
local early = early_by(id)
if early == 0 then early = look_first(id) end
if early > 0 then return { 'accepted', early } end
local unresolved = row[2] == 'deletion' and unresolved_for(id) or 0
if unresolved > 0 then return { 'accepted', unresolved } end
redis.call('HSET', key, 'state', 'processing')
if row[4] then note_kept_back(id) end
join_rotation(row[2], row[3] == '1', id)
return { 'processing', 0 }
