-- A lane's rotation: a zset of open requests with something pending. A request that has had a turn stands at a positive
-- score (the oldest turn first); one that waits for its first turn stands below zero, the newest first. Each priority has one.
local priorities = { 'high', 'normal', 'low' }

local function rotation_key(kind, ignoring, priority)
  local name = ignoring and 'rotation:ignoring' or 'rotation'
  return lane_key(kind, priority == 'normal' and name or name .. ':' .. priority)
end

local function own_rotation(kind, ignoring, id)
  return rotation_key(kind, ignoring, redis.call('HGET', request_key(id), 'priority') or 'normal')
end

local function next_turn(kind) return redis.call('HINCRBY', lane_key(kind, 'lane'), 'turn', 1) end

local function join_rotation(kind, ignoring, id)
  redis.call('ZADD', own_rotation(kind, ignoring, id), 'NX', -next_turn(kind), id)
  wake(kind)
end

local function to_the_tail(kind, rotation, id) redis.call('ZADD', rotation, next_turn(kind), id) end

local function leave_rotation(kind, ignoring, id) redis.call('ZREM', own_rotation(kind, ignoring, id), id) end

-- The requests of a rotation whose turn it is, at most `most`. Of more open ones than fit, half are the newest that had no turn yet (a
-- lone item goes out with the next calls), a quarter the oldest of those, a quarter the ones that had one: nobody starves.
local function whose_turn(key, most)
  if redis.call('ZCARD', key) <= most then return redis.call('ZRANGE', key, 0, -1) end
  local newest = redis.call('ZRANGEBYSCORE', key, '-inf', '(0', 'LIMIT', 0, most)
  local oldest = redis.call('ZREVRANGEBYSCORE', key, '(0', '-inf', 'LIMIT', 0, most)
  local served = redis.call('ZRANGEBYSCORE', key, '(0', '+inf', 'LIMIT', 0, most)
  local chosen, seen = {}, {}
  local function take(list, upto)
    for _, id in ipairs(list) do
      if #chosen >= upto then return end
      if not seen[id] then
        seen[id] = true
        chosen[#chosen + 1] = id
      end
    end
  end
  take(newest, math.ceil(most / 2))
  take(served, math.ceil(most * 3 / 4))
  take(oldest, most)
  take(served, most)
  take(newest, most)
  return chosen
end
