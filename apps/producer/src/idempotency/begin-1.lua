-- Takes the right to do what an Idempotency-Key stands for, or says what became of it.
-- KEYS[1]  the key's record: digest, id, state (running | open | done), owner, leaseUntil, doubt, answer
-- ARGV[1]  digest of the request
-- ARGV[2]  request id, used when the key is seen for the first time
-- ARGV[3]  owner: a token of this attempt
-- ARGV[4]  lease, ms
-- ARGV[5]  how long the record is kept, ms
-- Returns  {'begun', id} | {'running', id, ms left of the lease} | {'done', id, answer} | {'other', id}
-- May run twice: the same owner meets its own lease and begins again with the same id.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local found = redis.call('HMGET', KEYS[1], 'digest', 'id', 'state', 'owner', 'leaseUntil', 'answer')
local digest, id, state, owner, leaseUntil, answer = unpack(found)

if not digest then
  id = ARGV[2]
  redis.call('HSET', KEYS[1], 'digest', ARGV[1], 'id', id)
else
  if digest ~= ARGV[1] then
    return { 'other', id }
  end
  if state == 'done' then
    return { 'done', id, answer }
  end
  if owner ~= ARGV[3] then
    local left = (tonumber(leaseUntil) or 0) - now
    if state == 'running' and left > 0 then
      return { 'running', id, left }
    end
    -- What an earlier attempt has kept is not known: from here on the id stays.
    redis.call('HSET', KEYS[1], 'doubt', '1')
  end
end

redis.call('HSET', KEYS[1], 'state', 'running', 'owner', ARGV[3], 'leaseUntil', now + ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return { 'begun', id }
