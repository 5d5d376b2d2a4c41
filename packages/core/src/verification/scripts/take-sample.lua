-- Takes the sample of a verified request that is due to be asked for once more.
-- KEYS[1] the consumer's base
-- ARGV    token of who asks, lease (ms)
-- Returns { 'sample', request, how often it was asked for, items... } | { 'empty', ms until one is due, or -1 }
-- May run twice: that of the first call is leased, and comes due again.
-- A request that is still open is looked at again a day later.
local still_open = 24 * 3600 * 1000
local first = redis.call('ZRANGE', samples_key, 0, 0, 'WITHSCORES')
if not first[1] then return { 'empty', -1 } end
local id, due = first[1], tonumber(first[2])
if due > now then return { 'empty', math.ceil(due - now) } end
local key = request_key(id)
local items = redis.call('LRANGE', key .. ':sample', 0, -1)
if #items == 0 then
  redis.call('ZREM', samples_key, id)
  return { 'empty', 1 }
end
if not finished_states[redis.call('HGET', key, 'state')] then
  redis.call('ZADD', samples_key, now + still_open, id)
  return { 'empty', 1 }
end
redis.call('HSET', key, 'sampler', ARGV[1])
redis.call('ZADD', samples_key, now + tonumber(ARGV[2]), id)
return { 'sample', id, redis.call('HGET', key, 'samples') or '0', unpack(items) }
