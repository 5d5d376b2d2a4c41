-- A request's counts always add up (invariant 6): total = pending + claimed + submitted + parked + succeeded + failed
-- + cancelled; `absent` is a part of succeeded, `resent` counts items that went out again wherever they are now.
local finished_states = { completed = true, failed = true, cancelled = true }
local open_key = base .. 'open'
local finish_key = base .. 'finish'
-- Open requests with items that are in no batch, by since when somebody knows (settle-removed.lua).
local removed_key = base .. 'removed'

local function move_items(id, from, to, n)
  if n == 0 or from == to then return false end
  local key = request_key(id)
  local counted = take_in(id)
  redis.call('HINCRBY', key, from, -n)
  redis.call('HINCRBY', key, to, n)
  if not counted then return end
  count_move(from, -n)
  count_move(to, n)
end

-- The latest batches that a request's items went into: between 200 and 400 of them.
local function note_batch(id, batch)
  local batches = request_key(id) .. ':batches'
  if redis.call('RPUSH', batches, batch) > 400 then redis.call('LTRIM', batches, -200, -1) end
end

-- How many of a request's items lie in its ':failures' and ':parked', by code: '<list> <code>'.
local function note_code(id, list, code, n)
  if n == 0 then return end
  local codes, field = request_key(id) .. ':codes', list .. ' ' .. code
  if redis.call('HINCRBY', codes, field, n) <= 0 then redis.call('HDEL', codes, field) end
end

local request_parts = { '', ':items', ':payloads', ':failures', ':parked', ':batches', ':codes', ':still-there', ':sample',
  ':seen', ':leaves', ':leaves-back', ':certificate' }

-- A list of a consumer's records by their creation. Records age out by themselves: with each new one a few are looked at.
local function list_record(listed, id, created, key_of, forget)
  redis.call('ZADD', listed, created, id)
  for _, old in ipairs(redis.call('ZRANDMEMBER', listed, 3)) do
    if redis.call('EXISTS', key_of(old)) == 0 then forget(listed, old) end
  end
end

local function forget_listed(listed, id) redis.call('ZREM', listed, id) end

-- Its record has aged out: parts that whoever ended it did not know go with its place in the list, by which alone they can be found.
local function forget_request(listed, id)
  local keys = {}
  for i, part in ipairs(request_parts) do keys[i] = request_key(id) .. part end
  redis.call('UNLINK', unpack(keys))
  redis.call('ZREM', listed, id)
end

local function list_request(id, created) list_record(base .. 'requests', id, created, request_key, forget_request) end

-- In how many ms the time comes before which nothing of a request is sent; 0 once it has.
local function early_by(id)
  local key = request_key(id)
  return math.max(0, number_in(key, 'notBefore') - now, number_in(key, 'startsAt') - now)
end

-- BullMQ's mirror of a record is to be finished; the entry stays until that is done.
local function mirror_finish(what, kind, id) redis.call('ZADD', finish_key, 'NX', now, what .. ' ' .. kind .. ' ' .. id) end

-- All that is to be verified of an ended request has been.
local function note_verification(id)
  local row = redis.call('HMGET', request_key(id), 'verified', 'stillThere')
  local present = tonumber(row[2] or 0)
  local checked = tonumber(row[1] or 0) + present
  if checked > 0 and not waits_for_verification(id) then note_verified(id, checked, present) end
end

local function expire_request(id, retention)
  if waits_for_verification(id) then return end
  for _, part in ipairs(request_parts) do
    redis.call('PEXPIRE', request_key(id) .. part, retention)
  end
end

-- Ends a request that has nothing open left; answers whether it did.
local function finish_if_done(id, retention)
  local key = request_key(id)
  local row = redis.call('HMGET', key, 'pending', 'claimed', 'submitted', 'parked', 'failed', 'cancelled', 'kind', 'state',
    'deadline')
  if row[8] ~= 'processing' and row[8] ~= 'held' then return false end
  for i = 1, 4 do
    if tonumber(row[i] or 0) ~= 0 then return false end
  end
  local state = 'completed'
  if tonumber(row[6] or 0) > 0 then
    state = 'cancelled'
  elseif tonumber(row[5] or 0) > 0 then
    state = 'failed'
  end
  redis.call('HSET', key, 'state', state, 'finishedAt', now)
  redis.call('SREM', open_key, id)
  redis.call('ZREM', opened_key(row[7]), id)
  redis.call('ZREM', removed_key, id)
  if row[9] then end_deadline(id, row[7], row[9]) end
  if redis.call('EXISTS', open_key) == 0 then forget_waiting() end
  mirror_finish('request', row[7], id)
  note_ended(id)
  note_verification(id)
  expire_request(id, retention)
  return true
end

-- A request that had ended is open again: some of its items are put back in line, or in a batch.
local function reopen_if_finished(id, kind, state)
  if not finished_states[state] then return false end
  local key = request_key(id)
  for _, part in ipairs(request_parts) do redis.call('PERSIST', key .. part) end
  redis.call('HDEL', key, 'finishedAt')
  redis.call('HSET', key, 'state', 'processing')
  redis.call('SADD', open_key, id)
  redis.call('ZADD', opened_key(kind), now, id)
  keep_deadline(id)
  redis.call('ZREM', finish_key, 'request ' .. kind .. ' ' .. id)
  return true
end

-- A failure or a parked item, as it lies in a list: code, tab, message, newline, item.
local function report_entry(code, message, item) return code .. '\t' .. message .. '\n' .. item end
