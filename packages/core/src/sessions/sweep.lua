-- Takes what is dead out of the index of sessions, a slice at a time: first entries, then numbers of requests, then buckets that are too
-- many; then it rests. Where nothing is left the index goes.
-- KEYS[1] the consumer's base
-- ARGV    most buckets of a slice, rest (ms)
-- Returns ms until the next slice; -1 when there is no index
-- May run twice: it goes on where it stands.
local most, rest = tonumber(ARGV[1]), tonumber(ARGV[2])
local most_entries = 1000
if not open_sessions() then return -1 end
local row = redis.call('HMGET', sessions_key, 'restUntil', 'phase', 'cursor', 'oldest', 'number')
if tonumber(row[1] or 0) > now then return tonumber(row[1]) - now end
local phase, cursor = row[2] or 'entries', tonumber(row[3] or 0)
local oldest, newest = tonumber(row[4] or 0), math.floor(tonumber(row[5] or 0) / numbers_per_key)

local function goes_on(next_phase, next_cursor)
  redis.call('HSET', sessions_key, 'phase', next_phase, 'cursor', next_cursor)
  return 0
end

-- Answers with how many entries it has looked at.
local function sweep_bucket(bucket)
  local key = bucket_key(sessions, bucket)
  local all, dead = redis.call('HGETALL', key), {}
  for i = 1, #all, 2 do
    local notes, living = parse_notes(all[i + 1]), {}
    for _, note in ipairs(notes) do
      if request_of(note[1]) then living[#living + 1] = note end
    end
    if #living == 0 then
      dead[#dead + 1] = all[i]
    elseif #living < #notes then
      redis.call('HSET', key, all[i], format_notes(living))
    end
  end
  for first = 1, #dead, 1000 do redis.call('HDEL', key, unpack(dead, first, math.min(first + 999, #dead))) end
  if #dead > 0 then redis.call('HINCRBY', sessions_key, 'entries', -#dead) end
  return #all / 2
end

local function sweep_numbers(index)
  local key = numbers_key(index * numbers_per_key)
  local all, dead = redis.call('HKEYS', key), {}
  for _, place in ipairs(all) do
    if not request_of(index * numbers_per_key + tonumber(place)) then dead[#dead + 1] = place end
  end
  if #dead > 0 then
    redis.call('HDEL', key, unpack(dead))
    redis.call('HINCRBY', sessions_key, 'requests', -#dead)
  end
  if #dead == #all and index == oldest and index < newest then
    oldest = oldest + 1
    redis.call('HSET', sessions_key, 'oldest', oldest)
  end
end

if phase == 'entries' then
  local seen, last = 0, math.min(cursor + most, sessions.buckets)
  while cursor < last and seen < most_entries do
    seen = seen + sweep_bucket(cursor)
    cursor = cursor + 1
  end
  if cursor < sessions.buckets then return goes_on('entries', cursor) end
  return goes_on('numbers', oldest)
end
if phase == 'numbers' then
  cursor = math.max(cursor, oldest)
  local last = math.min(cursor + most - 1, newest)
  for index = cursor, last do sweep_numbers(index) end
  if last < newest then return goes_on('numbers', last + 1) end
  return goes_on('buckets', 0)
end
local entries = number_in(sessions_key, 'entries')
if entries == 0 then
  if number_in(sessions_key, 'requests') == 0 then
    redis.call('UNLINK', sessions_key)
    return -1
  end
  set_buckets(sessions, 1)
end
local is_small = shrink(sessions, entries, most)
redis.call('HSET', sessions_key, 'buckets', sessions.buckets)
if not is_small then return goes_on('buckets', 0) end
redis.call('HDEL', sessions_key, 'phase', 'cursor')
redis.call('HSET', sessions_key, 'restUntil', now + rest)
return rest
