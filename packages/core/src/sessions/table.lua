-- The index of sessions: what open and finished deletions know of one session id, in a hash table (lanes/shared/hash-table.lua).
-- 'sessions:<bucket>' has by a session's field what became of it in each of its requests, as <number of the request> * 8 + <code>,
-- several with a space between. 'sessions:requests:<number / 64>' says which request has a number, and a record knows its own: a
-- number that no record knows is dead, with all that was noted under it. 'sessions' has how many `buckets`, `entries` and numbered
-- `requests` there are, the `seed` of the addresses, the last `number`, and how far the sweep is.
local sessions_key = base .. 'sessions'
-- 'waiting' since it was stored: in the request's list or in a batch that is not at Learnosity. 'again': the same, but put there since.
local session_codes = { waiting = 0, submitted = 1, s = 2, a = 3, f = 4, c = 5, p = 6, again = 7 }
-- What is longer Redis would not pack.
local most_packed = 64
local numbers_per_key = 64

local function numbers_key(number) return sessions_key .. ':requests:' .. math.floor(number / numbers_per_key) end

local sessions
-- A session's name in its bucket: the packed id, or a fingerprint of a long one.
local function field_of(item) return #item <= most_packed and item or '\3' .. redis.sha1hex(item) end

-- Scatters fields over 31 bits. The five parts of the seed are below 2^18, so that every product is exact; who does not know them cannot
-- choose ids that meet in one bucket.
local function scatter(field)
  local seed = sessions.seed
  local a, b, c, d = struct.unpack('>I4I4I4I4', #field == 16 and field or redis.sha1hex(field))
  return (a * seed[1] + b * seed[2] + c * seed[3] + d * seed[4]) % 4294967291 * seed[5] % 2147483647
end

-- The table as it stands, or false: read once in a script.
local function open_sessions()
  if sessions == nil then
    local row = redis.call('HMGET', sessions_key, 'buckets', 'seed')
    sessions = false
    if row[1] then
      sessions = open_table(sessions_key, tonumber(row[1]), scatter)
      sessions.seed = {}
      for part in string.gmatch(row[2], '%d+') do sessions.seed[#sessions.seed + 1] = tonumber(part) end
    end
  end
  return sessions
end

-- What is noted of a session, the oldest first: { { number, code }, ... }
local function parse_notes(text)
  local notes = {}
  for part in string.gmatch(text, '%d+') do
    local value = tonumber(part)
    notes[#notes + 1] = { math.floor(value / 8), value % 8 }
  end
  return notes
end

-- At most eight, and as many as Redis packs: the newest.
local function format_notes(notes)
  local text = ''
  for i = #notes, math.max(1, #notes - 7), -1 do
    local value = tostring(notes[i][1] * 8 + notes[i][2])
    if #text + 1 + #value > most_packed then break end
    text = text == '' and value or value .. ' ' .. text
  end
  return text
end

local named = {}
-- The request that has this number, or false: its record is gone, or another one has its id now.
local function request_of(number)
  if named[number] == nil then
    local id = redis.call('HGET', numbers_key(number), number % numbers_per_key)
    named[number] = id and tonumber(redis.call('HGET', request_key(id), 'number') or 0) == number and id
  end
  return named[number]
end

-- The number of a request, or false: it is of a time, or of a kind, without an index.
local function number_of(id) return tonumber(redis.call('HGET', request_key(id), 'number') or nil) or false end

-- Notes what became of an item of the request that has this number.
local function note_outcome(number, item, code)
  if not open_sessions() then return end
  local field = field_of(item)
  local key = bucket_for(sessions, field)
  local text = redis.call('HGET', key, field)
  if not text then return end
  local value = tonumber(text)
  if value then
    if math.floor(value / 8) ~= number then return end
    redis.call('HSET', key, field, number * 8 + session_codes[code])
    return
  end
  local notes = parse_notes(text)
  for _, note in ipairs(notes) do
    if note[1] == number then note[2] = session_codes[code] end
  end
  redis.call('HSET', key, field, format_notes(notes))
end
