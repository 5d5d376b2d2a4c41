-- How many items of deletions were claimed on the UTC day of Redis's clock: 'deletion:claimed', fields 'day' and 'items'. They are counted in
-- the step that takes them from their requests: a batch that is put back, split or tried again has been, and is not counted twice.
-- While a cap holds claims back, 'cap', 'cappedAt' and 'cappedUntil' of the lane's hash say so.
local claimed_key = base .. 'deletion:claimed'
local day_ms = 86400000
local today = string.format('%d', math.floor(now / day_ms))

local function claimed_today()
  local row = redis.call('HMGET', claimed_key, 'day', 'items')
  return row[1] == today and tonumber(row[2]) or 0
end

local function note_claimed(n)
  redis.call('HSET', claimed_key, 'items', claimed_today() + n, 'day', today)
  redis.call('HDEL', lane_key('deletion', 'lane'), 'cap', 'cappedAt', 'cappedUntil')
end

-- Says that the cap holds claims back until the day is over; answers in how many ms that is.
local function note_capped(cap)
  local lane, midnight = lane_key('deletion', 'lane'), (math.floor(now / day_ms) + 1) * day_ms
  if number_in(lane, 'cappedUntil') ~= midnight then redis.call('HSET', lane, 'cappedAt', now, 'cappedUntil', midnight) end
  redis.call('HSET', lane, 'cap', cap)
  return midnight - now
end
