-- Takes a slice of the tombstones that are old enough to be forgotten, of marks that nobody took back, and of notes of resubmissions that
-- have ended; then it rests.
-- KEYS[1] the consumer's base
-- ARGV    most buckets of a slice, rest (ms), days that a tombstone is kept ('' for ever)
-- Returns ms until the next slice; -1 when there are no tombstones
-- May run twice: it goes on where it stands.
local most, rest, days = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3] ~= '' and ARGV[3] or nil)
-- Workers of a version without tombstones leave marks behind, and so does who loses the prints of a batch.
local days_of_marks = 30
local most_notes = 500
local row = redis.call('HMGET', tombstones_key, 'buckets', 'restUntil', 'cursor', 'noted')
if not row[1] and redis.call('EXISTS', resending_key) == 0 then return -1 end
if tonumber(row[2] or 0) > now then return tonumber(row[2]) - now end
local all, cursor = open_tombstones(), tonumber(row[3] or 0)

local function is_over(value)
  if value < 0 then return math.floor(-value / 8) < today - days_of_marks end
  return days and value <= today - days
end

local function sweep_bucket(key)
  local flat, dead = redis.call('HGETALL', key), {}
  for i = 1, #flat, 2 do
    if is_over(tonumber(flat[i + 1])) then dead[#dead + 1] = flat[i] end
  end
  for first = 1, #dead, 1000 do redis.call('HDEL', key, unpack(dead, first, math.min(first + 999, #dead))) end
  return #dead
end

local function sweep_notes(from)
  local found = redis.call('ZRANGEBYLEX', resending_key, from, '+', 'LIMIT', 0, most_notes)
  for _, member in ipairs(found) do
    local state = redis.call('HGET', batch_key(string.sub(member, print_bytes + 1)), 'state')
    if not state or state == 'settled' or state == 'split' then redis.call('ZREM', resending_key, member) end
  end
  return #found == most_notes and '(' .. found[#found] or nil
end

local gone, last = 0, math.min(cursor + most, all.buckets)
for bucket = cursor, last - 1 do gone = gone + sweep_bucket(bucket_key(all, bucket)) end
if gone > 0 then count_tombstones(-gone) end
local next_note = sweep_notes(row[4] or '-')
if last < all.buckets or next_note then
  redis.call('HSET', tombstones_key, 'cursor', last, 'noted', next_note or '-')
  return 0
end
local is_small = shrink(all, all.entries, most)
count_tombstones(0)
redis.call('HDEL', tombstones_key, 'cursor', 'noted')
if not is_small then return 0 end
redis.call('HSET', tombstones_key, 'restUntil', now + rest)
return rest
