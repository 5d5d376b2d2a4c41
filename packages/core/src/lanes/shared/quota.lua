-- Quota slots, anchored at the response (invariant 3). A slot is a member of 'slots:<endpoint>' with the time until which
-- it is taken; the member 'anchor' shows that the set was not lost. 'quota' remembers the Redis run that wrote it: after
-- a restart or a failover slots may be missing, so that the endpoint waits once for the guard (deadline + late + window).
local quota_key = base .. 'quota'
-- The most ms before its time that a slot is given. What is claimed and not begun must not begin any more in the last of its
-- lease: somebody may have its slot by then.
local most_ahead = 100

local function slots_key(endpoint) return base .. 'slots:' .. endpoint end

local function block_endpoint(endpoint, moment)
  local field = 'blocked:' .. endpoint
  if moment > number_in(quota_key, field) then redis.call('HSET', quota_key, field, moment) end
end

-- In how many ms a slot is free: 0 when one is now.
local function slot_free_in(endpoint, calls, guard)
  local slots = slots_key(endpoint)
  local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
  local known = redis.call('HGET', quota_key, 'run:' .. endpoint)
  if known ~= run or not redis.call('ZSCORE', slots, 'anchor') then
    redis.call('HSET', quota_key, 'run:' .. endpoint, run)
    redis.call('ZADD', slots, '+inf', 'anchor')
    -- What was noted of calls may be missing as well (shared/attempts.lua).
    if known then redis.call('HDEL', quota_key, 'notedAt', 'notedSince') end
    -- Never used before is no loss: a lane that has claimed was used, even when this key is gone as well.
    if known or redis.call('HEXISTS', lane_key(endpoint, 'lane'), 'claimedAt') == 1 then block_endpoint(endpoint, now + guard) end
  end
  redis.call('ZREMRANGEBYSCORE', slots, '-inf', exact)
  local free_at = number_in(quota_key, 'blocked:' .. endpoint)
  local taken = redis.call('ZCARD', slots) - 1
  if taken >= calls then
    local last = redis.call('ZRANGE', slots, taken - calls, taken - calls, 'WITHSCORES')
    free_at = math.max(free_at, tonumber(last[2]))
  end
  return math.max(0, free_at - exact)
end

local function hold_slot(endpoint, slot, moment) redis.call('ZADD', slots_key(endpoint), moment, slot) end

-- What a finished call says of its slot: 'anchor' (headers came `ms` ago: free one window after them), 'late' (no answer:
-- it may still arrive for `ms`), 'unused' (nothing was sent), or 'keep' (its lease says when).
local function release_slot(endpoint, slot, how, ms, window)
  if how == 'keep' then
    return
  elseif how == 'unused' then
    redis.call('ZREM', slots_key(endpoint), slot)
  elseif how == 'late' then
    hold_slot(endpoint, slot, exact + ms + window)
  else
    hold_slot(endpoint, slot, exact - ms + window)
  end
end
