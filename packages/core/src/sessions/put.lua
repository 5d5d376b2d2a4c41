-- Puts sessions into the index (table.lua), and lets it grow for them.

-- The number of a request whose sessions are kept: a new one at first.
local function take_number(id)
  local key = request_key(id)
  local number = tonumber(redis.call('HGET', key, 'number') or nil)
  if number then return number end
  number = redis.call('HINCRBY', sessions_key, 'number', 1)
  redis.call('HINCRBY', sessions_key, 'requests', 1)
  redis.call('HSET', numbers_key(number), number % numbers_per_key, id)
  redis.call('HSET', key, 'number', number)
  return number
end

-- Of a session that is there already: what living requests know, and the new one.
local function add_note(key, field, number)
  local notes = {}
  for _, note in ipairs(parse_notes(redis.call('HGET', key, field))) do
    if note[1] ~= number and request_of(note[1]) then notes[#notes + 1] = note end
  end
  notes[#notes + 1] = { number, session_codes.waiting }
  redis.call('HSET', key, field, format_notes(notes))
end

-- The items of a request, at most 1,000. `seed`: what the table is made with where there is none.
local function put_sessions(id, items, seed)
  if not open_sessions() then
    redis.call('HSET', sessions_key, 'buckets', 1, 'entries', 0, 'seed', seed)
    sessions = nil
    open_sessions()
  end
  local number = take_number(id)
  local entries, buckets = number_in(sessions_key, 'entries'), sessions.buckets
  make_room(sessions, entries + #items)
  local text, added = tostring(number * 8 + session_codes.waiting), 0
  for _, item in ipairs(items) do
    local field = field_of(item)
    local key = bucket_for(sessions, field)
    if redis.call('HSETNX', key, field, text) == 1 then
      added = added + 1
    else
      add_note(key, field, number)
    end
  end
  if added > 0 then redis.call('HINCRBY', sessions_key, 'entries', added) end
  if sessions.buckets > buckets then redis.call('HSET', sessions_key, 'buckets', sessions.buckets) end
end
