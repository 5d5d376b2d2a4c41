-- Ends an attempt that did not succeed.
-- KEYS[1]  the key's record
-- ARGV[1]  owner: the token of the attempt
-- ARGV[2]  '1' when it is certain that the attempt has kept nothing, else '0'
-- Returns  'forgotten' (the key is as good as new), 'open' (the next attempt goes on under the same id) or
--          'lost' (the attempt is no longer the owner)
-- May run twice: the second time there is no such owner.
local found = redis.call('HMGET', KEYS[1], 'owner', 'state', 'doubt')
if found[1] ~= ARGV[1] or found[2] ~= 'running' then
  return 'lost'
end
if ARGV[2] == '1' and not found[3] then
  redis.call('DEL', KEYS[1])
  return 'forgotten'
end
redis.call('HSET', KEYS[1], 'state', 'open', 'doubt', '1')
redis.call('HDEL', KEYS[1], 'owner', 'leaseUntil')
return 'open'
