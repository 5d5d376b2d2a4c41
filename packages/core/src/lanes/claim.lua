-- Takes a quota slot and up to `max` items, in one step.
-- KEYS[1] the consumer's base
-- ARGV    kind, claim id (the new batch's id), calls, window, guard, lease (ms), max items, max bytes, fingerprint, probe (ms),
--         ahead (ms)
-- Returns { 'batch', id, claims, slot, ms until it may be sent, its record, its items } | { 'wait', ms } until a slot is free,
--         less `ahead`, or until a fuller batch | { 'stopped', ms } until the next probe | { 'empty', ms until a retry is
--         due, or -1 }
-- A slot that is free within `ahead` is given before its time, with the ms to wait: the reply's way only adds to them, and a
-- few ms of two clocks differ by nothing, so that no call leaves before its slot is free (invariant 3).
-- May run twice: the same claim id finds what it was given (invariant 11), and nothing that others were given since: a command
-- resent after its lease would otherwise share the claim, and the slot, of whoever took the batch over.
local kind, claim_id = ARGV[1], ARGV[2]
local calls, window, guard, lease = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local max_items, max_bytes = tonumber(ARGV[7]), tonumber(ARGV[8])
local fingerprint, probe, ahead = ARGV[9], tonumber(ARGV[10]), math.min(tonumber(ARGV[11]), most_ahead)
local lane = lane_key(kind, 'lane')
local claim_key = base .. 'claim:' .. claim_id

local function batch_answer(id, claims, send_in)
  local key = batch_key(id)
  return { 'batch', id, claims, id .. ':' .. claims, string.format('%.3f', send_in),
    redis.call('HGETALL', key), redis.call('LRANGE', key .. ':items', 0, -1) }
end

local given = redis.call('GET', claim_key)
if given then
  local claims, id = string.match(given, '^(%d+) (.*)$')
  -- Whatever was left then is less than this now, on another master's clock too.
  return batch_answer(id, claims, most_ahead)
end

local function first_due(half)
  return redis.call('ZRANGEBYSCORE', ready_key(kind, half), '-inf', now, 'LIMIT', 0, 1)[1]
end

local function next_due()
  local soonest = -1
  for _, half in ipairs({ false, true }) do
    local first = redis.call('ZRANGE', ready_key(kind, half), 0, 0, 'WITHSCORES')
    if first[2] and (soonest < 0 or tonumber(first[2]) < soonest) then soonest = tonumber(first[2]) end
  end
  return soonest < 0 and -1 or math.max(0, soonest - now)
end

-- What each request whose turn it is would give, without taking it: full when nothing more fits, or fits into the body.
local function plan(ignoring)
  local parts, count, bytes, full = {}, 0, 0, false
  local ids = whose_turn(kind, ignoring, max_items)
  local share = math.max(1, math.floor(max_items / #ids))
  for _, id in ipairs(ids) do
    local length = redis.call('LLEN', request_key(id) .. ':items')
    local part = { id = id, length = length, take = math.min(share, length, max_items - count) }
    parts[#parts + 1] = part
    count = count + part.take
  end
  for _, part in ipairs(parts) do
    local extra = math.min(part.length - part.take, max_items - count)
    part.take = part.take + extra
    count = count + extra
  end
  if count == 0 then
    -- Nothing pending stands in the rotation: cannot be, and must not stop the lane if it ever is.
    for _, part in ipairs(parts) do leave_rotation(kind, ignoring, part.id) end
    return nil
  end
  full = count == max_items
  if kind == 'resubmission' then
    local closed = false
    for _, part in ipairs(parts) do
      local sizes = part.take > 0 and redis.call('LRANGE', request_key(part.id) .. ':items', 0, part.take - 1) or {}
      part.take = 0
      for _, item in ipairs(sizes) do
        local size = tonumber(string.match(item, ':(%d+)$'))
        if closed or (bytes > 0 and bytes + size > max_bytes) then
          closed = true
          break
        end
        bytes = bytes + size
        part.take = part.take + 1
      end
    end
    full = full or closed
  end
  return { parts = parts, full = full, ignoring = ignoring }
end

local function grant(id, free_in)
  local claims = redis.call('HINCRBY', batch_key(id), 'claims', 1)
  local slot = id .. ':' .. claims
  redis.call('HSET', batch_key(id), 'state', 'claimed', 'slot', slot)
  redis.call('ZADD', leases_key, now + lease, id)
  hold_slot(kind, slot, exact + lease)
  redis.call('SET', claim_key, claims .. ' ' .. id, 'PX', 6 * lease)
  return batch_answer(id, tostring(claims), free_in)
end

local function take(chosen, free_in)
  local items, shares = {}, {}
  local crowded = redis.call('ZCARD', rotation_key(kind, chosen.ignoring)) > max_items
  for position, part in ipairs(chosen.parts) do
    if part.take > 0 then
      for _, item in ipairs(redis.call('LPOP', request_key(part.id) .. ':items', part.take)) do items[#items + 1] = item end
      shares[#shares + 1] = { part.id, part.take }
      move_items(part.id, 'pending', 'claimed', part.take)
    end
    if part.take == part.length then
      leave_rotation(kind, chosen.ignoring, part.id)
    elseif part.take > 0 and (crowded or position == 1) then
      to_the_tail(kind, chosen.ignoring, part.id)
    end
  end
  new_batch(claim_id, kind, chosen.ignoring, shares, items, { 'successes', redis.call('HGET', lane, 'successes') or 0 })
  redis.call('HSET', lane, 'claimedAt', now)
  return grant(claim_id, free_in)
end

local retry, half = first_due(false), first_due(true)
local waiting = {}
for _, ignoring in ipairs({ false, true }) do
  if redis.call('ZCARD', rotation_key(kind, ignoring)) > 0 then waiting[#waiting + 1] = ignoring end
end
if not retry and not half and #waiting == 0 then return { 'empty', next_due() } end

local stopped = stopped_until(kind, fingerprint)
if stopped > 0 then return { 'stopped', stopped - now } end

local free_in = slot_free_in(kind, calls, guard)
-- A slot whose call is under way is held until the worst end; it is free one window after its answer, and is asked for again
-- in a window, less what a claim comes early: by then an answer that is on its way to be recorded has been.
if free_in > ahead then return { 'wait', math.ceil(math.min(free_in, window) - ahead) } end

local function go(answer)
  if is_stopped(kind, fingerprint) then probe_lane(kind, fingerprint, answer[2], probe) end
  return answer
end

if retry then
  redis.call('ZREM', ready_key(kind, false), retry)
  return go(grant(retry, free_in))
end
if half and (#waiting == 0 or redis.call('HGET', lane, 'lastHalf') ~= '1') then
  redis.call('HSET', lane, 'lastHalf', 1)
  redis.call('ZREM', ready_key(kind, true), half)
  return go(grant(half, free_in))
end

-- The rotation of items that ignore revisions and the other one take turns.
if #waiting == 2 and redis.call('HGET', lane, 'lastIgnoring') ~= '1' then waiting = { true, false } end
local partial
for _, ignoring in ipairs(waiting) do
  local planned = plan(ignoring)
  if planned and planned.full then
    redis.call('HSET', lane, 'lastHalf', 0, 'lastIgnoring', ignoring and 1 or 0)
    return go(take(planned, free_in))
  end
  partial = partial or planned
end
local due = number_in(lane, 'claimedAt') + window / calls
-- A partly filled batch takes no slot before its time: it might be fuller then.
if partial and due <= now and free_in == 0 then
  redis.call('HSET', lane, 'lastHalf', 0, 'lastIgnoring', partial.ignoring and 1 or 0)
  return go(take(partial, free_in))
end
if half then
  redis.call('ZREM', ready_key(kind, true), half)
  return go(grant(half, free_in))
end
if partial then return { 'wait', math.ceil(math.max(due - now, free_in)) } end
-- Nothing was left of what stood in the rotation; there may be more behind it.
if #waiting > 0 then return { 'wait', 1 } end
return { 'empty', next_due() }
