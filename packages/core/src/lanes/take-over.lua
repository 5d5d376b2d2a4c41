-- Takes a batch whose lease ran out away from whoever held it, for the replica that puts it right.
-- KEYS[1] the consumer's base
-- ARGV    batch, lease (ms)
-- Returns its record | {} its lease stands (somebody else has it now), or it has moved on
-- May run twice: the second finds the lease of the first, and leaves the batch to whoever comes after that.
local id = ARGV[1]
local key = batch_key(id)
local due = redis.call('ZSCORE', leases_key, id)
if not due or tonumber(due) > now then return {} end
local state = redis.call('HGET', key, 'state')
if state ~= 'claimed' and state ~= 'sending' then
  redis.call('ZREM', leases_key, id)
  return {}
end
-- Another claim: what it was claimed by begins nothing any more, and a reference that comes late is welcome as ever.
redis.call('HINCRBY', key, 'claims', 1)
redis.call('ZADD', leases_key, now + tonumber(ARGV[2]), id)
return redis.call('HGETALL', key)
