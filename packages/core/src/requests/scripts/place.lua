-- Shared by what takes a request in one step: its entry in the index (request-index.ts), KEYS[2], and the set of busy consumers
-- (busy-consumers.ts), KEYS[3], are written in that step too. Both lie outside the consumer's hash tag, and are not given on a cluster.
local entry_key, busy_key = KEYS[2], KEYS[3]

-- Whether the id belongs to a request of another kind or consumer.
local function belongs_elsewhere(place)
  local standing = entry_key and redis.call('GET', entry_key)
  return standing and standing ~= place
end

-- The entry of an open request lasts; that of one that has ended goes with its record.
local function keep_place(id, place)
  if not entry_key then return false end
  redis.call('SET', entry_key, place)
  local left = redis.call('PTTL', request_key(id))
  if left > 0 then redis.call('PEXPIRE', entry_key, left) end
  redis.call('SADD', busy_key, string.match(place, ' (.*)'))
end
