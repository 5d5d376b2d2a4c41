-- A batch: its record, and its items in the order of its shares ([[request, number of items], ...]), fixed at the claim
-- (invariant 4). Open batches stand in 'leases' (claimed, sending), in 'ready' or 'halves' (waiting for a slot), in
-- 'due' (submitted, to be polled), or in 'lost' (of a resubmission: its job is looked for).
local leases_key = base .. 'leases'
local due_key = base .. 'due'

local function ready_key(kind, half) return lane_key(kind, half and 'halves' or 'ready') end

-- The batch that has waited for a slot for longest. Where somebody took its record away none: to grant it would make another one, without
-- members (settle-removed.lua settles what was in it).
local function first_ready(kind, half)
  local queue = ready_key(kind, half)
  local first = redis.call('ZRANGEBYSCORE', queue, '-inf', now, 'LIMIT', 0, 1)[1]
  if not first or redis.call('HEXISTS', batch_key(first), 'shares') == 1 then return first end
  redis.call('ZREM', queue, first)
  return nil
end

local function shares_of(id) return cjson.decode(redis.call('HGET', batch_key(id), 'shares')) end

local function new_batch(id, kind, ignoring, shares, items, fields)
  local key = batch_key(id)
  redis.call('HSET', key, 'kind', kind, 'ignoring', ignoring and 1 or 0, 'shares', cjson.encode(shares), 'size', #items,
    'createdAt', now, 'claims', 0, 'attempts', 0, 'failures', 0, 'depth', 0, 'halts', 0, unpack(fields))
  redis.call('RPUSH', key .. ':items', unpack(items))
end

local function make_ready(id, kind, half, moment)
  redis.call('HSET', batch_key(id), 'state', 'ready')
  redis.call('ZADD', ready_key(kind, half), moment, id)
  wake(kind)
end

local function leave_queues(id, kind)
  redis.call('ZREM', leases_key, id)
  redis.call('ZREM', due_key, id)
  redis.call('ZREM', ready_key(kind, false), id)
  redis.call('ZREM', ready_key(kind, true), id)
end

local function close_batch(id, kind, state, retention)
  leave_queues(id, kind)
  redis.call('HSET', batch_key(id), 'state', state, 'settledAt', now)
  redis.call('PEXPIRE', batch_key(id), retention)
  redis.call('PEXPIRE', batch_key(id) .. ':items', retention)
  mirror_finish('batch', kind, id)
end
