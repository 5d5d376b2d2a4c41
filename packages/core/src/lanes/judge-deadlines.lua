-- Says of a slice of a lane's open requests, the earliest deadline first, which are at risk: what is to be sent of them and of those
-- before them takes longer, at the whole quota, than is left to the deadline less a margin, a tenth of the term and at most three days.
-- KEYS[1] the consumer's base
-- ARGV    kind, rank of the first, items to be sent of those before it, calls, window (ms), items of a call, most requests
-- Returns { rank of the next slice or 0 at the end, items to be sent up to there, how many are at risk since now, how many have missed
--         their deadline since now }
-- May run twice, and by any number of replicas: marks say since when, and are set once.
local most_margin = 3 * 24 * 3600 * 1000
local kind, rank, before = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local ms_a_call, items_a_call, most = tonumber(ARGV[5]) / tonumber(ARGV[4]), tonumber(ARGV[6]), tonumber(ARGV[7])
local at_risk, missed, kept = 0, 0, 0

local function mark(key, field, moment)
  return redis.call('HSETNX', key, field, string.format('%.0f', moment))
end

local slice = redis.call('ZRANGE', deadlines_key(kind), rank, rank + most - 1, 'WITHSCORES')
for i = 1, #slice, 2 do
  local id, deadline = slice[i], tonumber(slice[i + 1])
  local key = request_key(id)
  local row = redis.call('HMGET', key, 'state', 'pending', 'claimed', 'createdAt', 'notBefore', 'atRisk', 'startsAt')
  if not row[1] or finished_states[row[1]] then
    -- Ended by a replica that knows no deadlines.
    forget_deadline(id, kind)
  else
    kept = kept + 1
    local pending = tonumber(row[2] or 0)
    before = before + pending + tonumber(row[3] or 0)
    local takes = math.ceil(before / items_a_call) * ms_a_call
    local margin = math.max(0, math.min(most_margin, (deadline - tonumber(row[4])) / 10))
    local begins = math.max(now, tonumber(row[5] or 0), tonumber(row[7] or 0))
    if begins + takes + margin > deadline then
      at_risk = at_risk + mark(key, 'atRisk', now)
      if deadline <= now then missed = missed + mark(key, 'missed', deadline) end
      local gives = pending > 0 and row[1] == 'processing'
      redis.call('ZADD', at_risk_key(kind), gives and deadline or '+inf', id)
    elseif row[6] then
      redis.call('HDEL', key, 'atRisk')
      redis.call('ZREM', at_risk_key(kind), id)
    end
  end
end
return { #slice < 2 * most and 0 or rank + kept, before, at_risk, missed }
