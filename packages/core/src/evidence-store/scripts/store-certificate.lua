-- Stores the certificate of a request beside it, if it still stands as the certificate says.
-- KEYS[1] the consumer's base
-- ARGV    request, its finishedAt, endedRecord and verifiedRecord ('' when it has none) as they were read, the certificate, or '' with why
--         there can be none
-- Returns 1 | 0 it has changed since: it is open again, gone, or to be certified anew
-- May run twice.
local id = ARGV[1]
local key, due = request_key(id), base .. 'evidence:certificates'
local row = redis.call('HMGET', key, 'state', 'finishedAt', 'endedRecord', 'verifiedRecord')
if not row[1] or not finished_states[row[1]] or not row[3] then
  -- The record of its end puts it back.
  redis.call('ZREM', due, id)
  return 0
end
if row[2] ~= ARGV[2] or row[3] ~= ARGV[3] or (row[4] or '') ~= ARGV[4] then return 0 end
if ARGV[5] == '' then
  redis.call('HSET', key, 'uncertified', ARGV[6])
  redis.call('UNLINK', key .. ':certificate')
else
  redis.call('HDEL', key, 'uncertified')
  redis.call('SET', key .. ':certificate', ARGV[5])
  local left = redis.call('PTTL', key)
  if left > 0 then redis.call('PEXPIRE', key .. ':certificate', left) end
end
redis.call('ZREM', due, id)
return 1
