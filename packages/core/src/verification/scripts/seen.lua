-- Which sessions of a deletion Learnosity showed before they were deleted. 'unseen' zset: requests with pending sessions that nobody has
-- looked for, by their turn. 'request:<id>:seen': a bit for each item, in the order in which they were put in line; in the record are
-- `lookedTo`: up to where was looked, `requeued`: how many items were put in line once more, `openBy`: until when it waits for the first look.
local unseen_key = base .. 'unseen'
-- A deletion waits so long at most until its first sessions were looked for: as many as go out while slots are free.
local longest_wait = 2000
local looked_ahead = 250

local function wants_look(id)
  local row = redis.call('HMGET', request_key(id), 'kind', 'verify', 'selection')
  if row[1] ~= 'deletion' or row[2] == '0' or row[3] then return false end
  return row[2] == '1' or redis.call('HGET', verification_key, 'mode') == 'always'
end

-- In how many ms a request may be opened, so that its first sessions are looked for before: 0 when it may.
local function look_first(id)
  local key = request_key(id)
  local row = redis.call('HMGET', key, 'openBy', 'lookedTo', 'total')
  if not row[1] then
    if not wants_look(id) then return 0 end
    redis.call('HSET', key, 'openBy', now + longest_wait, 'lookedTo', 0)
    redis.call('ZADD', unseen_key, 'NX', now, id)
    wake('look')
    return longest_wait
  end
  if tonumber(row[2]) >= math.min(tonumber(row[3]), looked_ahead) then return 0 end
  return math.max(0, tonumber(row[1]) - now)
end

-- Items of a request were put in line once more, behind the others.
local function look_again(id, n)
  if redis.call('HEXISTS', request_key(id), 'lookedTo') == 0 then return end
  redis.call('HINCRBY', request_key(id), 'requeued', n)
  redis.call('ZADD', unseen_key, 'NX', now, id)
  wake('look')
end

-- How many items of a request were put in line before the first of the `length` that are still there; and up to where was looked.
local function first_pending(id, length)
  local row = redis.call('HMGET', request_key(id), 'total', 'requeued', 'lookedTo')
  return tonumber(row[1] or 0) + tonumber(row[2] or 0) - length, tonumber(row[3] or nil)
end

-- The positions of a new batch, made of these parts, whose sessions were seen; nil without any.
local function seen_in(parts)
  local seen, position = {}, 0
  for _, part in ipairs(parts) do
    local first, looked = first_pending(part.id, part.length)
    for i = 0, math.min(part.take, looked and looked - first or 0) - 1 do
      if redis.call('GETBIT', request_key(part.id) .. ':seen', first + i) == 1 then seen[#seen + 1] = position + i + 1 end
    end
    position = position + part.take
  end
  return #seen > 0 and table.concat(seen, ' ') or nil
end
