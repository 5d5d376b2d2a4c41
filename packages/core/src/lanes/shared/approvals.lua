-- What keeps a deletion from being started: the approval of a second person, and the window in which it can be revoked. 'guards' holds
-- the consumer's settings as the worker that started last has them (lanes/guards.ts): a request is opened by them, whoever opens it. A
-- claim goes by its own worker's. In a record: 'requireApproval', 'approvedAt' and 'approvedBy', and 'startsAt' once a window runs.
-- 'deletion:unapproved' has the ones that wait for an approval, by when they were asked for, and 'deletion:in-window' those in their window,
-- by when it ends (ms): for people and monitoring, who need not look at each request. Nothing is decided by them.
local guards_key = base .. 'guards'
local unapproved_key = lane_key('deletion', 'unapproved')
local in_window_key = lane_key('deletion', 'in-window')

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

-- Whether a deletion is among those that are kept back, as its record says; windows that are over go with it.
local function note_kept_back(id)
  local row = redis.call('HMGET', request_key(id), 'state', 'createdAt', 'startsAt')
  redis.call('ZREMRANGEBYSCORE', in_window_key, '-inf', now)
  if row[1] == 'waiting' then
    redis.call('ZADD', unapproved_key, row[2] or now, id)
  else
    redis.call('ZREM', unapproved_key, id)
  end
  if row[1] == 'accepted' and tonumber(row[3] or 0) > now then
    redis.call('ZADD', in_window_key, row[3], id)
  else
    redis.call('ZREM', in_window_key, id)
  end
end

-- Replicas of a version that notes nothing approve and cancel as well: a few are held against their records.
local function check_kept_back()
  for _, key in ipairs({ unapproved_key, in_window_key }) do
    for _, id in ipairs(redis.call('ZRANDMEMBER', key, 3)) do note_kept_back(id) end
  end
end

-- The state of a request that is kept back: it stands in no rotation.
local function keep_back(id, why)
  redis.call('HSET', request_key(id), 'state', why == 'approval' and 'waiting' or 'accepted')
  note_kept_back(id)
end
