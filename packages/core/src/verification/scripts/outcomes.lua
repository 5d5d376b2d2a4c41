-- What comes of a session that was asked for.
local sample_size = 50
local part_still_there, part_sample = ':still-there', ':sample'

-- Sessions that Learnosity shows although they were deleted lie in a list of the request.
local function report_back(request, code, message, items)
  local entries = {}
  for i, item in ipairs(items) do entries[i] = report_entry(code, message, item) end
  redis.call('RPUSH', request_key(request) .. part_still_there, unpack(entries))
end

-- Keeps some of the verified sessions of a request, each with the same chance, to be asked for once more later (reservoir sampling).
local function keep_sample(request, items)
  local list = request_key(request) .. part_sample
  local kept = redis.call('LLEN', list)
  local before = number_in(request_key(request), 'verified') - #items
  -- Redis begins every script with the same numbers.
  math.randomseed(tonumber(clock[2]) + before)
  for i, item in ipairs(items) do
    if kept < sample_size then
      redis.call('RPUSH', list, item)
      kept = kept + 1
    else
      local place = math.random(before + i)
      if place <= sample_size then redis.call('LSET', list, place - 1, item) end
    end
  end
end

-- Takes sessions of a request back from where they were settled: they are claimed by the new batch (invariant 2).
local function delete_again(request, items, known, batch)
  local kind, state, number = known[1], known[2], tonumber(known[3] or nil)
  move_items(request, 'succeeded', 'claimed', #items)
  redis.call('HINCRBY', request_key(request), 'seen', -#items)
  -- All of a batch that were gone before their deletion, or none.
  if number_in(batch_key(batch), 'absent') > 0 then redis.call('HINCRBY', request_key(request), 'absent', -#items) end
  if number then
    for _, item in ipairs(items) do note_outcome(number, item, 'again') end
  end
  return reopen_if_finished(request, kind, state)
end

-- Of a request nothing is left to verify, as yet: some of its sessions are asked for once more later, and a finished one goes its way.
local function end_verification(request, retention)
  local row = redis.call('HMGET', request_key(request), 'state', 'verified')
  if not row[1] or waits_for_verification(request) then return false end
  local first = tonumber(redis.call('HGET', verification_key, 'sampleMs') or nil)
  if first and tonumber(row[2] or 0) > 0 then redis.call('ZADD', samples_key, 'NX', now + first, request) end
  if not finished_states[row[1]] then return false end
  note_verification(request)
  expire_request(request, retention)
  return true
end
