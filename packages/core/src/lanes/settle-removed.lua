-- Finds items of an open request that are in no batch any more, since somebody took the record of theirs out of Redis, and settles them as failed
-- when that has been so for a while: nobody can know what became of them (invariants 2, 6). Only of a request that has nothing else to give.
-- KEYS[1] the consumer's base
-- ARGV    request, ms until they are settled, code, retention (ms)
-- Returns { 'whole' } every item is where it is counted, or too much is open to know | { 'removed', items, ms until they are settled, batches
--         without a record... } | { 'settled', items, 1 when the request has ended by that, batches without a record... }
-- May run twice: the second finds every item where it is counted.
local id, grace, code, retention = ARGV[1], tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
local key = request_key(id)
local most_batches = 1000
-- Where the items of an open batch are counted.
local places = { claimed = 'claimed', sending = 'claimed', ready = 'claimed', lost = 'claimed', submitted = 'submitted' }
local row = redis.call('HMGET', key, 'state', 'kind', 'pending', 'claimed', 'submitted')
local counted = { claimed = tonumber(row[4] or 0), submitted = tonumber(row[5] or 0) }
local state, kind = row[1], row[2]
if state ~= 'processing' and state ~= 'held' or row[3] ~= '0' or counted.claimed + counted.submitted == 0 then return { 'whole' } end

-- All batches that may have some of it: every open one of the consumer, nil when these are too many. Its own list alone would not do: workers of
-- an earlier version keep none, and a long one is cut. It names those that were removed.
local function batches_of()
  local names, known = {}, {}
  local function add(list)
    for _, name in ipairs(list) do
      if not known[name] then
        known[name] = true
        names[#names + 1] = name
      end
    end
  end
  for _, queue in ipairs({ leases_key, due_key, lost_key, ready_key(kind, false), ready_key(kind, true) }) do
    if #names + redis.call('ZCARD', queue) > most_batches then return nil end
    add(redis.call('ZRANGE', queue, 0, -1))
  end
  add(redis.call('LRANGE', key .. ':batches', -200, -1))
  return names
end

local names, without = batches_of(), {}
if not names then return { 'whole' } end
for _, name in ipairs(names) do
  local batch = redis.call('HMGET', batch_key(name), 'state', 'shares')
  local place = places[batch[1] or '']
  if not batch[2] then
    without[#without + 1] = name
  elseif place then
    for _, share in ipairs(cjson.decode(batch[2])) do
      if share[1] == id then counted[place] = counted[place] - share[2] end
    end
  end
end
local missing = math.max(0, counted.claimed) + math.max(0, counted.submitted)
if missing == 0 then
  redis.call('ZREM', removed_key, id)
  return { 'whole' }
end
redis.call('ZADD', removed_key, 'NX', now, id)
local left = tonumber(redis.call('ZSCORE', removed_key, id)) + grace - now
if left > 0 then return { 'removed', missing, left, unpack(without) } end

for place, n in pairs(counted) do move_items(id, place, 'failed', math.max(0, n)) end
note_moves(kind)
-- Which they are nobody knows: the index of sessions goes by this.
redis.call('HINCRBY', key, 'lostItems', missing)
note_code(id, 'failed', code, missing)
-- Their jobs in BullMQ end as well, where they have any.
for _, name in ipairs(without) do mirror_finish('batch', kind, name) end
redis.call('ZREM', removed_key, id)
return { 'settled', missing, finish_if_done(id, retention) and 1 or 0, unpack(without) }
