-- Takes the sample of a verified request that is due to be asked for once more.
-- KEYS[1] the consumer's base
-- ARGV    token of who asks, lease (ms)
-- Returns { 'sample', request, how often it was asked for, items... } | { 'empty', ms until one is due, or -1 }
-- May run twice: that of the first call is leased, and comes due again.
local first = redis.call('ZRANGE', samples_key, 0, 0, 'WITHSCORES')
if not first[1] then return { 'empty', -1 } end
local id, due = first[1], tonumber(first[2])
if due > now then return { 'empty', math.ceil(due - now) } end
local key = request_key(id)
local items = redis.call('LRANGE', key .. ':sample', 0, -1)
-- It has aged out, or is open again and will be verified anew.
if #items == 0 or not finished_states[redis.call('HGET', key, 'state') or ''] then
  redis.call('ZREM', samples_key, id)
  return { 'empty', 1 }
end
redis.call('HSET', key, 'sampler', ARGV[1])
redis.call('ZADD', samples_key, now + tonumber(ARGV[2]), id)
return { 'sample', id, redis.call('HGET', key, 'samples') or '0', unpack(items) }
