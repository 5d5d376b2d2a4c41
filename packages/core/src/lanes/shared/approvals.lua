-- What keeps a deletion from being started: the approval of a second person, and the window in which it can be revoked. 'guards' holds
-- the consumer's settings as the worker that started last has them (lanes/guards.ts): a request is opened by them, whoever opens it. A
-- claim goes by its own worker's. In a record: 'requireApproval', 'approvedAt' and 'approvedBy', and 'startsAt' once a window runs.
local guards_key = base .. 'guards'

-- `over`: the number of items over which a deletion waits, '' for never; `window`: ms.
local function guards_of(over, window) return { over = tonumber(over or ''), window = tonumber(window or '') or 0 } end

local function noted_guards()
  local row = redis.call('HMGET', guards_key, 'approvalOver', 'holdWindowMs')
  return guards_of(row[1] or '', row[2] or '')
end

-- Whether something of a request was ever claimed, be it that all of it failed and is tried again.
local function has_begun(id)
  local row = redis.call('HMGET', request_key(id), 'pending', 'total')
  return row[1] ~= row[2] or redis.call('EXISTS', request_key(id) .. ':batches') == 1
end

-- Why a deletion is not to be started now: 'approval', or the ms until it may be; nil when nothing keeps it.
local function kept_back(id, guards)
  local key = request_key(id)
  local row = redis.call('HMGET', key, 'requireApproval', 'approvedAt', 'total', 'startsAt', 'cancelledAt')
  -- What is left of a cancelled one is given out: begin-send drops it.
  if row[5] then return nil end
  local asks = row[1] or guards.over and tonumber(row[3]) > guards.over
  if asks and not row[2] then return 'approval' end
  -- Of what has begun nothing could be revoked any more.
  if guards.window > 0 and not row[4] and not has_begun(id) then
    row[4] = string.format('%d', math.max(tonumber(row[2] or now) + guards.window, number_in(key, 'notBefore')))
    redis.call('HSET', key, 'startsAt', row[4])
  end
  local left = tonumber(row[4] or 0) - now
  return left > 0 and left or nil
end

-- The state of a request that is kept back: it stands in no rotation.
local function keep_back(id, why)
  redis.call('HSET', request_key(id), 'state', why == 'approval' and 'waiting' or 'accepted')
end
