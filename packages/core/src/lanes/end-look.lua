-- Ends a look that has found no job: the batch is looked for again, or goes back in line with its unknown outcome, to be sent again.
-- KEYS[1] the consumer's base
-- ARGV    batch, look, 'again' (it does not count) | 'later' | 'send', ms until then
-- Returns 1 | 0 another look has it, or it is lost no more
-- May run twice: the second finds the look over.
local id, look, how, wait = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local key = batch_key(id)
local row = redis.call('HMGET', key, 'state', 'look', 'kind')
if row[1] ~= 'lost' or row[2] ~= look then return 0 end
redis.call('HDEL', key, 'look')
if how == 'send' then
  redis.call('ZREM', lost_key, id)
  make_ready(id, row[3], false, now + wait)
else
  if how == 'later' then redis.call('HINCRBY', key, 'looks', 1) end
  redis.call('ZADD', lost_key, now + wait, id)
end
return 1
