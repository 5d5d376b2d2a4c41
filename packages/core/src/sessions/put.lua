-- Puts sessions into the index (table.lua), and lets it grow for them.
local entries_per_bucket = 48

local function write_bucket(bucket, flat)
  local key = bucket_key(bucket)
  for first = 1, #flat, 1000 do redis.call('HSET', key, unpack(flat, first, math.min(first + 999, #flat))) end
end

-- One more bucket, and what now belongs there. Both are written anew: a hash that had grown too large is packed again.
local function add_bucket()
  local added, width = sessions.buckets, sessions.width
  local parent = added - width / 2
  local all, stay, go = redis.call('HGETALL', bucket_key(parent)), {}, {}
  for i = 1, #all, 2 do
    local part = scatter(all[i]) % width == added and go or stay
    part[#part + 1] = all[i]
    part[#part + 1] = all[i + 1]
  end
  if #go > 0 then
    redis.call('UNLINK', bucket_key(parent))
    write_bucket(parent, stay)
    write_bucket(added, go)
  end
  sessions.buckets = added + 1
  sessions.width = width_for(sessions.buckets)
end

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
  -- First, so that no bucket has to take more than it will keep.
  while sessions.buckets * entries_per_bucket < entries + #items do add_bucket() end
  local text, added = tostring(number * 8 + session_codes.waiting), 0
  for _, item in ipairs(items) do
    local field = field_of(item)
    local key = bucket_key(bucket_of(field))
    if redis.call('HSETNX', key, field, text) == 1 then
      added = added + 1
    else
      add_note(key, field, number)
    end
  end
  if added > 0 then redis.call('HINCRBY', sessions_key, 'entries', added) end
  if sessions.buckets > buckets then redis.call('HSET', sessions_key, 'buckets', sessions.buckets) end
end
