-- Keeps the record of a plain BullMQ job that was refused at intake, so that its id has an answer.
-- KEYS[1] the consumer's base
-- ARGV    request, reason, retention (ms), then the record's fields and values
-- Returns 1 | 0 a request of this id stands: it is left alone
-- May run twice.
local id, reason, retention = ARGV[1], ARGV[2], tonumber(ARGV[3])
local key = request_key(id)
if redis.call('EXISTS', key) == 1 then return 0 end
redis.call('HSET', key, 'state', 'failed', 'error', reason, 'createdAt', now, 'finishedAt', now, 'total', 0, 'duplicates', 0,
  'pending', 0, 'claimed', 0, 'submitted', 0, 'parked', 0, 'succeeded', 0, 'absent', 0, 'alreadyDeleted', 0, 'failed', 0, 'cancelled', 0,
  unpack(ARGV, 4))
redis.call('PEXPIRE', key, retention)
list_request(id, now)
return 1
