-- Makes a selection, and lets a worker walk it.
-- KEYS[1] the consumer's base
-- ARGV    selection, how long the list of selections keeps an entry (ms), most entries of the list that are taken out at once, then its
--         fields and values
-- Returns { 'made' or 'there', the filter that it has } | { 'memory_short' }
-- May run twice: the second finds it there.
local id, retention = ARGV[1], tonumber(ARGV[2])
local key = selection_key(id)
local filter = redis.call('HGET', key, 'filter')
if filter then return { 'there', filter } end
if memory_short() then return { 'memory_short' } end
redis.call('HSET', key, 'state', 'walking', 'createdAt', now, 'pages', 0, 'shown', 0, unpack(ARGV, 4))
redis.call('ZADD', walks_key, now, id)
local old = redis.call('ZRANGEBYSCORE', selections_key, '-inf', now - 2 * retention, 'LIMIT', 0, tonumber(ARGV[3]))
if #old > 0 then redis.call('ZREM', selections_key, unpack(old)) end
redis.call('ZADD', selections_key, now, id)
wake('selection')
return { 'made', redis.call('HGET', key, 'filter') }
