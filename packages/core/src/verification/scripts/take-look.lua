-- Takes pending sessions of a deletion that nobody has looked for, the next ones to go out.
-- KEYS[1] the consumer's base
-- ARGV    token of who looks, lease (ms), most sessions
-- Returns { 'look', request, the number of the first, items... } | { 'empty', ms until there are some, or -1 }
-- May run twice: what the first call took is leased, and comes due again.
local first = redis.call('ZRANGE', unseen_key, 0, 0, 'WITHSCORES')
if not first[1] then return { 'empty', -1 } end
local id, due = first[1], tonumber(first[2])
if due > now then return { 'empty', math.ceil(due - now) } end
local list = request_key(id) .. ':items'
local pending, looked = first_pending(id, redis.call('LLEN', list))
local from = math.max(pending, looked or 0)
local items = redis.call('LRANGE', list, from - pending, from - pending + tonumber(ARGV[3]) - 1)
if #items == 0 or not looked then
  redis.call('ZREM', unseen_key, id)
  return { 'empty', 1 }
end
redis.call('HSET', request_key(id), 'looker', ARGV[1])
redis.call('ZADD', unseen_key, now + tonumber(ARGV[2]), id)
return { 'look', id, tostring(from), unpack(items) }
