-- Records the job reference of a batch; from here on it is never sent again (invariant 5).
-- KEYS[1] the consumer's base
-- ARGV    batch, attempt, slot, reference, ms since the response's headers, window, ms until the first poll, fingerprint
-- Returns 1 | 0 a newer attempt has begun, or the batch is closed: the reference is kept beside it for a person
-- May run twice: the reference that stands is the answer.
local id, attempt, slot, reference = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local key = batch_key(id)
local row = redis.call('HMGET', key, 'state', 'attempts', 'kind', 'reference', 'noted', 'reattached')
if not row[3] then return 0 end
local kind = row[3]
release_slot(kind, slot, 'anchor', tonumber(ARGV[5]), tonumber(ARGV[6]))
-- The job is known from here on, whoever's it is.
if row[5] then
  note_reference(reference)
  forget_attempt(id, attempt)
end
if row[1] == 'submitted' and row[4] == reference then return 1 end
-- Another job was taken for this one's: the answer knows better.
if row[1] == 'submitted' and row[6] and row[2] == attempt then
  redis.call('HSET', key, 'reference', reference, 'submittedAt', now)
  redis.call('HDEL', key, 'reattached')
  return 1
end
-- A late reference is welcome while no newer attempt has begun: the batch may meanwhile be looked for, ready or claimed again.
local open = row[1] == 'sending' or row[1] == 'ready' or row[1] == 'claimed' or row[1] == 'lost'
if not open or row[2] ~= attempt then
  redis.call('HSET', key, 'lateReference', reference)
  return 0
end
leave_queues(id, kind)
if row[1] == 'lost' then redis.call('ZREM', lost_key, id) end
redis.call('HSET', key, 'state', 'submitted', 'reference', reference, 'submittedAt', now)
redis.call('ZADD', due_key, now + tonumber(ARGV[7]), id)
local items, position = kind == 'deletion' and redis.call('LRANGE', key .. ':items', 0, -1), 0
local shares = shares_of(id)
if kind == 'deletion' then note_sent(id, attempt, reference, shares) end
for _, share in ipairs(shares) do
  move_items(share[1], 'claimed', 'submitted', share[2])
  local number = items and number_of(share[1])
  for i = position + 1, position + (number and share[2] or 0) do note_outcome(number, items[i], 'submitted') end
  position = position + share[2]
end
note_moves(kind)
redis.call('HINCRBY', lane_key(kind, 'lane'), 'successes', 1)
start_lane(kind, ARGV[8])
return 1
