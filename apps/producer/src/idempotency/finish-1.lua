-- Keeps the answer that every further call with this Idempotency-Key gets.
-- KEYS[1]  the key's record
-- ARGV[1]  request id the answer is about
-- ARGV[2]  answer
-- ARGV[3]  how long the record is kept, ms
-- Returns  1; 0 when the record is gone or about another request
-- May run twice, also by an attempt whose lease has been taken over: both did the same, and the first answer stays.
local found = redis.call('HMGET', KEYS[1], 'id', 'state')
if found[1] ~= ARGV[1] then
  return 0
end
if found[2] ~= 'done' then
  redis.call('HSET', KEYS[1], 'state', 'done', 'answer', ARGV[2])
  redis.call('HDEL', KEYS[1], 'owner', 'leaseUntil', 'doubt')
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
return 1
