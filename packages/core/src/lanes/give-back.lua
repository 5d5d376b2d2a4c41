-- Puts a batch that has no reference back in line, with the same members (invariant 4), and says what becomes of its slot.
-- KEYS[1] the consumer's base
-- ARGV    batch, claims, slot, how the slot is freed ('anchor' | 'late' | 'unused'), its ms, window,
--         cause ('unsent' | 'quota' | 'transient' | 'unknown' | 'consumer'), code, message, ms until it is due, fingerprint, probe (ms),
--         '1' when the call surely had no effect
-- Returns 1 | 0 another claim holds the batch, or it has moved on
-- May run twice: the second finds the batch ready and changes nothing.
local id, claims, slot, cause, code, message = ARGV[1], ARGV[2], ARGV[3], ARGV[7], ARGV[8], ARGV[9]
local window = tonumber(ARGV[6])
local key = batch_key(id)
local row = redis.call('HMGET', key, 'state', 'claims', 'kind', 'attempts', 'noted')
if not row[3] then return 0 end
local kind = row[3]
release_slot(kind, slot, ARGV[4], tonumber(ARGV[5]), window)
if row[2] ~= claims or (row[1] ~= 'claimed' and row[1] ~= 'sending') then
  if ARGV[4] == 'unused' then wake(kind) end
  return 0
end
if cause == 'quota' then block_endpoint(kind, now + window) end
if cause == 'quota' then note_figure(kind, 'tooMany', 1) end
if cause == 'consumer' then
  stop_lane(kind, ARGV[11], code, message, tonumber(ARGV[12]))
else
  probe_again(kind, ARGV[11], id)
end
if cause == 'transient' or cause == 'unknown' then redis.call('HINCRBY', key, 'failures', 1) end
if cause ~= 'unsent' then redis.call('HSET', key, 'lastCode', code, 'lastMessage', message) end
if cause == 'unknown' then redis.call('HSET', key, 'unknown', 1) end
if ARGV[13] == '1' and row[1] == 'sending' and row[5] then forget_attempt(id, row[4]) end
redis.call('ZREM', leases_key, id)
make_ready(id, kind, false, now + tonumber(ARGV[10]))
return 1
