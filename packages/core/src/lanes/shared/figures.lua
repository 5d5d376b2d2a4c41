-- What a consumer's lanes have to do and have done, in numbers for people and for monitoring. 'figures' holds by '<kind>:<figure>' how
-- many items are pending, claimed, submitted and parked now, and, ever growing, how many have succeeded, failed or been
-- cancelled, how many went out again ('resent'), calls begun, and calls answered with a 429 ('tooMany'). 'figures:today' holds
-- what ended on the UTC day in its field 'day'. 'count' names the count that those numbers are of (figures/count-anew.lua); a
-- request's field 'counted' names the one that its items are in.
local figures_key = base .. 'figures'
local today_key = base .. 'figures:today'
local history_minutes = 360
local history_kept = 24 * 3600 * 1000
local waiting_states = { 'pending', 'claimed', 'submitted', 'parked' }
local ended_states = { succeeded = true, failed = true, cancelled = true }
-- By how much each state has changed in this script; `note_moves` writes it down.
local moved = {}

local this_count

local function current_count()
  this_count = this_count or redis.call('HGET', figures_key, 'count') or '1'
  return this_count
end

local function note_figure(kind, figure, n) redis.call('HINCRBY', figures_key, kind .. ':' .. figure, n) end

local function count_move(state, n) moved[state] = (moved[state] or 0) + n end

local function note_today(kind, state, n)
  local day = string.format('%d', math.floor(now / 86400000))
  if redis.call('HGET', today_key, 'day') ~= day then
    redis.call('DEL', today_key)
    redis.call('HSET', today_key, 'day', day)
  end
  redis.call('HINCRBY', today_key, kind .. ':' .. state, n)
end

-- Once in every script that has moved items of a kind, before it looks whether a request is done.
local function note_moves(kind)
  for state, n in pairs(moved) do
    if ended_states[state] then
      -- What is taken back to be tried again has failed once all the same.
      if n > 0 then
        note_figure(kind, state, n)
        note_today(kind, state, n)
      end
    elseif n ~= 0 then
      note_figure(kind, state, n)
    end
  end
  moved = {}
end

-- When the oldest open request of a lane was created, or put back in line.
local function opened_key(kind) return lane_key(kind, 'opened') end

-- Takes an open request into the numbers that is in no count, or in an earlier one, with all it has; answers whether it is in.
local function take_in(id)
  local key = request_key(id)
  local count = current_count()
  if redis.call('HGET', key, 'counted') == count then return true end
  local row = redis.call('HMGET', key, 'kind', 'createdAt', unpack(waiting_states))
  if not row[1] then return false end
  redis.call('HSET', key, 'counted', count)
  for i, state in ipairs(waiting_states) do
    local n = tonumber(row[2 + i] or 0)
    if n ~= 0 then note_figure(row[1], state, n) end
  end
  redis.call('ZADD', opened_key(row[1]), 'NX', row[2], id)
  return true
end

-- Nothing waits: nothing is open, or all that is will be counted anew.
local function forget_waiting()
  local fields = {}
  for _, kind in ipairs({ 'deletion', 'resubmission' }) do
    for _, state in ipairs(waiting_states) do fields[#fields + 1] = kind .. ':' .. state end
  end
  redis.call('HDEL', figures_key, unpack(fields))
end

-- Once a minute, of a consumer that has something open: how the numbers stand, for charts of the last hours.
-- `quotas`: by kind '<calls> <window ms>', for whoever reads and knows no consumer. Half a count is no sample.
local function sample_figures(quotas)
  if redis.call('HEXISTS', figures_key, 'counting') == 1 then return end
  local minute = math.floor(now / 60000)
  if redis.call('EXISTS', figures_key) == 0 or number_in(figures_key, 'minute') == minute then return end
  local sampled = false
  for kind, quota in pairs(quotas) do
    redis.call('HSET', figures_key, kind .. ':quota', quota)
    local fields = {}
    for i, figure in ipairs({ 'pending', 'claimed', 'submitted', 'succeeded', 'failed', 'calls', 'tooMany' }) do
      fields[i] = kind .. ':' .. figure
    end
    local row = redis.call('HMGET', figures_key, unpack(fields))
    local known = false
    for i = 1, #fields do
      known = known or row[i]
      row[i] = row[i] or '0'
    end
    if known then
      local history = lane_key(kind, 'history')
      redis.call('RPUSH', history, string.format('%d ', minute) .. table.concat(row, ' ') .. string.format(' %d', now))
      redis.call('LTRIM', history, -history_minutes, -1)
      redis.call('PEXPIRE', history, history_kept)
      sampled = true
    end
  end
  -- Where nothing was counted yet the minute has no sample: the first items of a consumer may still come in it.
  if sampled then redis.call('HSET', figures_key, 'minute', minute) end
end
