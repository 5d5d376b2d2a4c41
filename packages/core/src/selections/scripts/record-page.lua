-- Keeps the sessions of one page, those that were found before left out, and where the walk goes on.
-- KEYS[1] the consumer's base
-- ARGV    selection, token, pages with this one, sessions shown with this one, cursor of the next page, lease (ms), most sessions, the
--         metadata of the sessions, packed, or '', then the packed ids
-- Returns { 'recorded' } | { 'lost' } | { 'memory_short' } | { 'full' } it would be more than one deletion takes
-- May run twice: a page that is recorded is not recorded again.
local id, token, pages, lease, most = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[6]), tonumber(ARGV[7])
local key = selection_key(id)
if not holds(id, token) then return { 'lost' } end
local standing = number_in(key, 'pages')
if pages <= standing then return { 'recorded' } end
if pages > standing + 1 then return { 'lost' } end
if memory_short() then return { 'memory_short' } end
if redis.call('LLEN', key .. ':items') + #ARGV - 8 > most then return { 'full' } end
if #ARGV > 8 then redis.call('RPUSH', key .. ':items', unpack(ARGV, 9)) end
if ARGV[8] ~= '' then
  redis.call('RPUSH', key .. ':metadata', ARGV[8])
  redis.call('HINCRBY', key, 'kept', #ARGV - 8)
end
redis.call('HSET', key, 'pages', pages, 'shown', ARGV[4], 'next', ARGV[5], 'failures', 0)
redis.call('HDEL', key, 'waitCode', 'waitMessage')
redis.call('ZADD', walks_key, now + lease, id)
return { 'recorded' }
