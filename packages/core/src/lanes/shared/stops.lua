-- A lane is stopped for the credentials that failed: '<kind>:stops' has their fingerprint with the time of the next probe, so
-- that a replica with others goes on. What people see of it lies in the lane's hash, and counts until a call succeeds.
local forget_stops = 24 * 3600 * 1000

local function stops_key(kind) return lane_key(kind, 'stops') end

-- The time before which nothing may be sent with these credentials, or 0.
local function stopped_until(kind, fingerprint)
  local moment = tonumber(redis.call('HGET', stops_key(kind), fingerprint) or 0)
  return moment > now and moment or 0
end

-- A person has stopped the lane: field 'off' of its hash says why, since when and who (lane-switch.ts).
local function is_switched_off(kind) return redis.call('HEXISTS', lane_key(kind, 'lane'), 'off') == 1 end

-- These credentials failed, or others did and no call has succeeded since: then one call is tried before all.
local function is_stopped(kind, fingerprint)
  if redis.call('HEXISTS', stops_key(kind), fingerprint) == 1 then return true end
  local row = redis.call('HMGET', lane_key(kind, 'lane'), 'stoppedAt', 'succeededAt')
  return row[1] and tonumber(row[1]) > tonumber(row[2] or 0)
end

local function stop_lane(kind, fingerprint, code, message, probe)
  local lane = lane_key(kind, 'lane')
  local row = redis.call('HMGET', lane, 'stoppedAt', 'succeededAt')
  if not row[1] or tonumber(row[1]) <= tonumber(row[2] or 0) then redis.call('HSET', lane, 'stoppedAt', now) end
  redis.call('HSET', lane, 'stopped', message, 'stoppedCode', code)
  redis.call('HSET', stops_key(kind), fingerprint, now + probe)
  redis.call('PEXPIRE', stops_key(kind), forget_stops)
end

-- One call is let through to see whether the fault is mended.
local function probe_lane(kind, fingerprint, batch, probe)
  redis.call('HSET', stops_key(kind), fingerprint, now + probe)
  redis.call('HSET', lane_key(kind, 'lane'), 'probe:' .. fingerprint, batch)
end

-- The probe said nothing about the consumer: the next call may be one at once.
local function probe_again(kind, fingerprint, batch)
  if redis.call('HGET', lane_key(kind, 'lane'), 'probe:' .. fingerprint) ~= batch then return end
  redis.call('HSET', stops_key(kind), fingerprint, now)
end

local function may_probe(kind, fingerprint, batch)
  return redis.call('HGET', lane_key(kind, 'lane'), 'probe:' .. fingerprint) == batch
end

local function start_lane(kind, fingerprint)
  redis.call('HSET', lane_key(kind, 'lane'), 'succeededAt', now)
  if redis.call('HDEL', stops_key(kind), fingerprint) == 1 then
    redis.call('HDEL', lane_key(kind, 'lane'), 'probe:' .. fingerprint)
    wake(kind)
  end
end
