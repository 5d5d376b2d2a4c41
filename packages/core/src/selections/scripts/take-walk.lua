-- Takes up the walk that has waited for longest.
-- KEYS[1] the consumer's base
-- ARGV    token of who takes it, lease (ms)
-- Returns { 'walk', selection, its record } | { 'empty', ms until one may be taken up, or -1 }
-- May run twice: the second finds another one or none, and the first comes due again.
local first = redis.call('ZRANGE', walks_key, 0, 0, 'WITHSCORES')
if not first[1] then return { 'empty', -1 } end
local id, due = first[1], tonumber(first[2])
if due > now then return { 'empty', math.ceil(due - now) } end
local key = selection_key(id)
if redis.call('HGET', key, 'state') ~= 'walking' then
  redis.call('ZREM', walks_key, id)
  return { 'empty', 0 }
end
redis.call('HSET', key, 'token', ARGV[1])
redis.call('ZADD', walks_key, now + tonumber(ARGV[2]), id)
return { 'walk', id, redis.call('HGETALL', key) }
