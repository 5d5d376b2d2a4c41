-- Lets pieces rest after a failure that will pass, or gives them back.
-- KEYS[1] the consumer's base
-- ARGV    token, ms, then the batches
-- Returns how many there were
-- May run twice: whoever put them off does not have them any more.
local token, due, count = ARGV[1], now + tonumber(ARGV[2]), 0
for i = 3, #ARGV do
  if is_verifier(ARGV[i], token) then
    redis.call('HDEL', batch_key(ARGV[i]), 'verifier')
    redis.call('ZADD', verifications_key, due, ARGV[i])
    count = count + 1
  end
end
return count
