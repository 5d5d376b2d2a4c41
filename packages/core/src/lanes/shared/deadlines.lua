-- Deadlines: '<kind>:deadlines' holds the open requests that have one, by it (ms). '<kind>:at-risk' holds those that are at risk or
-- have missed it (judge-deadlines.lua), which go first: by their deadline, or at +inf while they have nothing to give. They stand
-- in their rotations all the same, so that a replica that knows no deadlines serves them in turn.
local function deadlines_key(kind) return lane_key(kind, 'deadlines') end
local function at_risk_key(kind) return lane_key(kind, 'at-risk') end

-- Of a request that is sealed now: how long it may take ('deadlineIn', ms) becomes a moment.
local function begin_deadline(id, kind)
  local key = request_key(id)
  local row = redis.call('HMGET', key, 'deadline', 'deadlineIn')
  local deadline = row[1]
  if row[2] then
    deadline = deadline or string.format('%.0f', now + tonumber(row[2]))
    redis.call('HSET', key, 'deadline', deadline)
    redis.call('HDEL', key, 'deadlineIn')
  end
  if deadline then redis.call('ZADD', deadlines_key(kind), deadline, id) end
end

-- An open request stands among the deadlines, whoever opened it again.
local function keep_deadline(id)
  local row = redis.call('HMGET', request_key(id), 'kind', 'deadline')
  if row[1] and row[2] then redis.call('ZADD', deadlines_key(row[1]), 'NX', row[2], id) end
end

local function forget_deadline(id, kind)
  redis.call('ZREM', deadlines_key(kind), id)
  redis.call('ZREM', at_risk_key(kind), id)
end

-- A request is at its end. Whether it came in time stays with it; that it was at risk is over.
local function end_deadline(id, kind, deadline)
  forget_deadline(id, kind)
  redis.call('HDEL', request_key(id), 'atRisk')
  if tonumber(deadline) < now then redis.call('HSET', request_key(id), 'missed', deadline) end
end

-- Requests at risk that have something to give, at most `most`, the earliest deadline first, by whether they ignore revisions: each with
-- its rotation. One that left it (held, cancelled, all is sent) waits until it is judged again.
local function first_at_risk(kind, most)
  local found = { [false] = {}, [true] = {} }
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', at_risk_key(kind), '-inf', '(+inf', 'LIMIT', 0, most)) do
    local row = redis.call('HMGET', request_key(id), 'ignoring', 'priority')
    local ignoring = row[1] == '1'
    local rotation = rotation_key(kind, ignoring, row[2] or 'normal')
    if redis.call('ZSCORE', rotation, id) then
      local all = found[ignoring]
      all[#all + 1] = { id = id, rotation = rotation }
    else
      redis.call('ZADD', at_risk_key(kind), 'XX', '+inf', id)
    end
  end
  return found
end
