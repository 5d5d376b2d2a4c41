-- Takes an open request out of the rotation ('hold'), or puts it back ('release').
-- KEYS[1] the consumer's base
-- ARGV    request, 'hold' | 'release'
-- Returns its state before, or '' when there is no such request
-- May run twice.
local id, wanted = ARGV[1], ARGV[2]
local key = request_key(id)
local row = redis.call('HMGET', key, 'state', 'kind', 'ignoring', 'pending', 'heldFrom')
local state, kind, ignoring = row[1], row[2], row[3] == '1'
if wanted == 'hold' and (state == 'accepted' or state == 'processing') then
  redis.call('HSET', key, 'state', 'held', 'heldFrom', state)
  leave_rotation(kind, ignoring, id)
elseif wanted == 'release' and state == 'held' and (row[5] == 'accepted' or early_by(id) > 0) then
  -- Its job opens it, and nothing that open.lua asks for is gone around.
  redis.call('HSET', key, 'state', 'accepted')
elseif wanted == 'release' and state == 'held' then
  redis.call('HSET', key, 'state', 'processing')
  if tonumber(row[4]) > 0 then join_rotation(kind, ignoring, id) end
end
if kind == 'deletion' then note_kept_back(id) end
return state or ''
