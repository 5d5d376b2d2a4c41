-- Sets a resubmission aside whose call has an unknown outcome: its job is looked for before it is sent again or parked.
-- KEYS[1] the consumer's base
-- ARGV    batch, claims, slot, how the slot is freed ('anchor' | 'late' | 'keep'), its ms, window, code, message, fingerprint,
--         ms from the beginning of the call until its job may be looked for
-- Returns 1 | 0 another claim holds the batch, or it has moved on | -1 its call was not noted: nothing is changed
-- May run twice: the second finds it set aside.
local id, claims, slot, code, message = ARGV[1], ARGV[2], ARGV[3], ARGV[7], ARGV[8]
local key = batch_key(id)
local row = redis.call('HMGET', key, 'state', 'claims', 'kind', 'attempts', 'noted', 'sentAt')
if not row[3] then return 0 end
local is_own = row[2] == claims
if is_own and row[1] == 'lost' then return 1 end
if is_own and row[1] == 'sending' and row[5] ~= row[4] then return -1 end
release_slot(row[3], slot, ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6]))
if not is_own or row[1] ~= 'sending' then return 0 end
probe_again(row[3], ARGV[9], id)
redis.call('HINCRBY', key, 'failures', 1)
redis.call('HSET', key, 'state', 'lost', 'unknown', 1, 'looks', 0, 'lastCode', code, 'lastMessage', message)
redis.call('ZREM', leases_key, id)
redis.call('ZADD', lost_key, tonumber(row[6]) + tonumber(ARGV[10]), id)
return 1
