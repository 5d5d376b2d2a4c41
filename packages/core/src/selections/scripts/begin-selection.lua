-- Makes a selection, and lets a worker walk it.
-- KEYS[1] the consumer's base
-- ARGV    selection, then its fields and values
-- Returns { 'made' or 'there', the filter that it has, '1' where it keeps metadata, its breakdown } | { 'memory_short' }
-- May run twice: the second finds it there.
local id = ARGV[1]
local key = selection_key(id)
local row = redis.call('HMGET', key, 'filter', 'keepMetadata', 'breakdown')
if row[1] then return { 'there', row[1], row[2], row[3] } end
if memory_short() then return { 'memory_short' } end
redis.call('HSET', key, 'state', 'walking', 'createdAt', now, 'pages', 0, 'shown', 0, unpack(ARGV, 2))
redis.call('ZADD', walks_key, now, id)
list_record(selections_key, id, now, selection_key, forget_listed)
wake('selection')
row = redis.call('HMGET', key, 'filter', 'keepMetadata', 'breakdown')
return { 'made', row[1], row[2], row[3] }
