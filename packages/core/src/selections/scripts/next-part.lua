-- Goes on to the walk of a value, once the one before it is over: that of the selection itself before the first. One that has failed leaves
-- no marks: its sessions are again of the values before that showed them.
-- KEYS[1] the consumer's base
-- ARGV    selection, token, the value's number, lease (ms), how long what is kept stays (ms), code of a failure of the one before or '',
--         message
-- Returns 1 | 0 when somebody else has the walk
-- May run twice: what is walked by now stays.
local id, token, part = ARGV[1], ARGV[2], tonumber(ARGV[3])
local key = selection_key(id)
if not holds(id, token) then return 0 end
local standing = tonumber(redis.call('HGET', key, 'part') or -1)
if standing >= part then return 1 end
if standing ~= part - 1 then return 0 end
if ARGV[6] ~= '' then
  redis.call('HSET', key .. ':parts', standing .. ':code', ARGV[6], standing .. ':error', ARGV[7])
  redis.call('PEXPIRE', key .. ':parts', ARGV[5])
  if redis.call('HEXISTS', key, 'partPages') == 1 then restore_marks(id) end
end
redis.call('UNLINK', key .. ':marks-before')
redis.call('HSET', key, 'part', part, 'failures', 0)
redis.call('HDEL', key, 'partPages', 'partShown', 'partNext', 'waitCode', 'waitMessage')
redis.call('ZADD', walks_key, now + tonumber(ARGV[4]), id)
return 1
