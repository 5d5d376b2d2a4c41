-- What the requests of a consumer know of one session.
-- KEYS[1] the consumer's base
-- ARGV    the packed id
-- Returns { { request, state, code, created, finished or '' }, ... }
-- Reads only: may run twice.
local item = ARGV[1]
if not open_sessions() then return {} end
local field = field_of(item)
local text = redis.call('HGET', bucket_for(sessions, field), field)
if not text then return {} end

local most_batches = 1000
-- Whether it is in a batch of this request that is not at Learnosity: there are few, since each has a slot or waits for one.
local function is_under_way(id)
  local batches = {}
  for _, queue in ipairs({ leases_key, ready_key('deletion', false), ready_key('deletion', true) }) do
    for _, batch in ipairs(redis.call('ZRANGE', queue, 0, most_batches - 1)) do batches[#batches + 1] = batch end
  end
  for i = 1, math.min(#batches, most_batches) do
    local position = 0
    local items = redis.call('LRANGE', batch_key(batches[i]) .. ':items', 0, -1)
    for _, share in ipairs(shares_of(batches[i])) do
      for _ = 1, share[2] do
        position = position + 1
        if share[1] == id and items[position] == item then return true end
      end
    end
  end
  return false
end

local answer = {}
for _, note in ipairs(parse_notes(text)) do
  local id, code = request_of(note[1]), note[2]
  if id then
    local row = redis.call('HMGET', request_key(id), 'state', 'createdAt', 'finishedAt', 'dropped', 'claimed',
      'lostItems')
    if code == session_codes.waiting or code == session_codes.again then
      code = session_codes.waiting
      -- A cancel drops a request's list in one step, and leaves what waits in it to be read from there.
      local dropped = note[2] == session_codes.waiting and row[4]
      local gone = dropped and not (tonumber(row[5] or 0) > 0 and is_under_way(id))
      if gone or finished_states[row[1]] then code = row[6] and not row[4] and session_codes.f or session_codes.c end
    elseif code == session_codes.submitted and row[6] and finished_states[row[1]] then
      -- Its batch was taken out of Redis, with its items: none of them could be noted (settle-removed.lua).
      code = session_codes.f
    end
    answer[#answer + 1] = { id, row[1], code, row[2], row[3] or '' }
  end
end
return answer
