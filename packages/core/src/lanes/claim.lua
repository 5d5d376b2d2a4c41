-- Takes a quota slot and up to `max` items, in one step.
-- KEYS[1] the consumer's base
-- ARGV    kind, claim id (the new batch's id), calls, window, guard, lease (ms), max items, max bytes, fingerprint, probe (ms),
--         ahead (ms), then of deletions: the number of items over which a request waits for an approval or '', hold window (ms),
--         most items of deletions a UTC day or ''
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
local guards, cap = guards_of(ARGV[12], ARGV[13]), kind == 'deletion' and tonumber(ARGV[14] or '')
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

local function next_due()
  local soonest = -1
  for _, half in ipairs({ false, true }) do
    local first = redis.call('ZRANGE', ready_key(kind, half), 0, 0, 'WITHSCORES')
    if first[2] and (soonest < 0 or tonumber(first[2]) < soonest) then soonest = tonumber(first[2]) end
  end
  return soonest < 0 and -1 or math.max(0, soonest - now)
end

-- The rotations with something in them, the most urgent first, behind the requests at risk; every eighth batch begins with the least
-- urgent.
local rotations = { [false] = {}, [true] = {} }
local several = redis.call('EXISTS', at_risk_key(kind)) == 1
do
  local first
  for rank, priority in ipairs(priorities) do
    for _, ignoring in ipairs({ false, true }) do
      local rotation = rotation_key(kind, ignoring, priority)
      local size = redis.call('ZCARD', rotation)
      if size > 0 then
        local all = rotations[ignoring]
        all[#all + 1] = { key = rotation, rank = rank, crowded = size > max_items }
        first = first or rank
        several = several or rank ~= first
      end
    end
  end
end
local from_below = several and number_in(lane, 'urgent') >= 7
if from_below then
  for _, all in pairs(rotations) do
    for i = 1, math.floor(#all / 2) do all[i], all[#all + 1 - i] = all[#all + 1 - i], all[i] end
  end
end

-- However a request came into the rotation: what is not to be started yet leaves it, and gives nothing.
local function may_start(rotation, id)
  local kept = kind == 'deletion' and kept_back(id, guards)
  if not kept then return true end
  redis.call('ZREM', rotation, id)
  keep_back(id, kept)
  return false
end

local function startable(rotation, ids)
  if kind ~= 'deletion' then return ids end
  local found = {}
  for _, id in ipairs(ids) do
    if may_start(rotation, id) then found[#found + 1] = id end
  end
  return found
end

-- What requests at risk would give, the earliest deadline as much as it has.
local function plan_at_risk(all, room, planned)
  local parts, count = {}, 0
  for _, one in ipairs(all) do
    if count == room then break end
    planned[one.id] = true
    if may_start(one.rotation, one.id) then
      local length = redis.call('LLEN', request_key(one.id) .. ':items')
      local take = math.min(length, room - count)
      parts[#parts + 1] = { id = one.id, length = length, take = take, rotation = one.rotation, turns = false }
      count = count + take
    end
  end
  return count, parts
end

local function without(planned, ids)
  local rest = {}
  for _, id in ipairs(ids) do
    if not planned[id] then rest[#rest + 1] = id end
  end
  return rest
end

-- What each request of a rotation whose turn it is would give of the room that is left.
local function plan_rotation(rotation, room, planned)
  local parts, count = {}, 0
  -- Some whose turn it is may give already: then as many are asked as a whole batch may need.
  local turn = next(planned) and without(planned, whose_turn(rotation.key, max_items)) or whose_turn(rotation.key, room)
  local ids = startable(rotation.key, turn)
  if #ids == 0 then return 0, parts end
  local share = math.max(1, math.floor(room / #ids))
  for position, id in ipairs(ids) do
    local length = redis.call('LLEN', request_key(id) .. ':items')
    local take = math.min(share, length, room - count)
    parts[position] = { id = id, length = length, take = take, rotation = rotation.key, turns = rotation.crowded or position == 1 }
    count = count + take
  end
  for _, part in ipairs(parts) do
    local extra = math.min(part.length - part.take, room - count)
    part.take = part.take + extra
    count = count + extra
  end
  -- Nothing pending stands in a rotation: cannot be, and must not stop the lane if it ever is.
  if count == 0 then redis.call('ZREM', rotation.key, unpack(ids)) end
  return count, parts
end

-- Read once a slot is there.
local at_risk = { [false] = {}, [true] = {} }

-- What a batch would hold, without taking it: full when nothing more fits, or fits into the body.
local function plan(ignoring)
  local planned, bytes, full = {}, 0, false
  local count, parts = plan_at_risk(at_risk[ignoring], max_items, planned)
  for _, rotation in ipairs(rotations[ignoring]) do
    if count == max_items then break end
    local taken, more = plan_rotation(rotation, max_items - count, planned)
    count = count + taken
    for _, part in ipairs(more) do parts[#parts + 1] = part end
  end
  if count == 0 then return nil end
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
  local seen = kind == 'deletion' and seen_in(chosen.parts)
  for _, part in ipairs(chosen.parts) do
    if part.take > 0 then
      for _, item in ipairs(redis.call('LPOP', request_key(part.id) .. ':items', part.take)) do items[#items + 1] = item end
      shares[#shares + 1] = { part.id, part.take }
      move_items(part.id, 'pending', 'claimed', part.take)
      note_batch(part.id, claim_id)
    end
    if part.take == part.length then
      redis.call('ZREM', part.rotation, part.id)
    elseif part.take > 0 and part.turns then
      to_the_tail(kind, part.rotation, part.id)
    end
  end
  if from_below then
    redis.call('HSET', lane, 'urgent', 0)
  elseif several then
    redis.call('HINCRBY', lane, 'urgent', 1)
  end
  note_moves(kind)
  if kind == 'deletion' then note_claimed(#items) end
  local fields = { 'successes', redis.call('HGET', lane, 'successes') or 0 }
  if seen then
    fields[#fields + 1] = 'seenBefore'
    fields[#fields + 1] = seen
  end
  new_batch(claim_id, kind, chosen.ignoring, shares, items, fields)
  redis.call('HSET', lane, 'claimedAt', now)
  return grant(claim_id, free_in)
end

local retry, half = first_ready(kind, false), first_ready(kind, true)
local waiting = {}
for _, ignoring in ipairs({ false, true }) do
  if #rotations[ignoring] > 0 then waiting[#waiting + 1] = ignoring end
end
if not retry and not half and #waiting == 0 then return { 'empty', next_due() } end

if is_switched_off(kind) then return { 'stopped', 3600000 } end
if kind == 'deletion' and has_unresolved_hold() then return { 'stopped', 3600000 } end
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

-- What was claimed before, retries and halves, goes on; new items wait for the next day.
if cap and #waiting > 0 then
  local left = cap - claimed_today()
  if left <= 0 then
    local wait, due = note_capped(cap), next_due()
    if half then
      redis.call('ZREM', ready_key(kind, true), half)
      return go(grant(half, free_in))
    end
    return { 'stopped', due < 0 and wait or math.min(wait, due) }
  end
  max_items = math.min(max_items, left)
end

if several and not from_below then at_risk = first_at_risk(kind, max_items) end

local function rank_of(ignoring) return #at_risk[ignoring] > 0 and 0 or rotations[ignoring][1].rank end

-- Items that ignore revisions and others share no batch: the more urgent go first, else they take turns.
local both = #waiting == 2
if both then
  local ahead_by = rank_of(false) - rank_of(true)
  if from_below then ahead_by = -ahead_by end
  if ahead_by > 0 or ahead_by == 0 and redis.call('HGET', lane, 'lastIgnoring') ~= '1' then waiting = { true, false } end
end
local due = number_in(lane, 'claimedAt') + window / calls
local partial
for position, ignoring in ipairs(waiting) do
  local planned = plan(ignoring)
  -- Beside others that are always full, a few would wait for ever.
  local in_turn = both and position == 1 and due <= now + free_in
  if planned and (planned.full or in_turn) then
    redis.call('HSET', lane, 'lastHalf', 0, 'lastIgnoring', ignoring and 1 or 0)
    return go(take(planned, free_in))
  end
  partial = partial or planned
end
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
