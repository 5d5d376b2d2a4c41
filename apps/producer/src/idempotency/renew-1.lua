-- Prolongs the lease of an attempt that goes on.
-- KEYS[1]  the key's record
-- ARGV[1]  owner: the token of the attempt
-- ARGV[2]  lease, ms
-- Returns  1; 0 when the attempt is no longer the owner
-- May run twice: the lease is counted from now.
local found = redis.call('HMGET', KEYS[1], 'owner', 'state')
if found[1] ~= ARGV[1] or found[2] ~= 'running' then
  return 0
end
local time = redis.call('TIME')
redis.call('HSET', KEYS[1], 'leaseUntil', time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[2])
return 1
