-- What was deleted, so that it is not deleted again and no resubmission brings it back. A session is known by its print: 20 bytes of an
-- HMAC of its id, under a key that only workers have. A hash table (hash-table.lua) has by a print the UTC day, as a number of
-- days, on which its session was deleted; or, below zero, -(day * 8 + n): n deletions that were claimed on that day and later have
-- it, 0 where Learnosity shows the session since: then it is deleted again when that is asked for, and brought back by nothing.
-- 'tombstones' has how many `buckets` and `entries` there are, the name of the `key`, and how far the sweep is.
-- 'tombstones:resending' has '<print><batch>' for each session of a resubmission that is or may be under way. 'batch:<id>:prints' has the
-- prints of a batch's items in their order, from the look before its first send (../tombstones) to its end.
local tombstones_key = base .. 'tombstones'
local resending_key = tombstones_key .. ':resending'
local print_bytes = 20
-- In the place of a print: nothing is noted for the item, or its session is not known.
local no_print = string.rep('\0', print_bytes)
local unreadable_print = string.rep('\255', print_bytes)
local most_marks = 7
-- No job of Learnosity is waited for longer: the tracker takes its end for unknown then.
local longest_job = 24 * 3600 * 1000
local today = math.floor(now / 86400000)

local function prints_key(batch) return batch_key(batch) .. ':prints' end

-- Of an item's place; nil where it has none. `prints` may be false.
local function print_at(prints, position)
  if not prints then return nil end
  local print = string.sub(prints, (position - 1) * print_bytes + 1, position * print_bytes)
  if #print < print_bytes or print == no_print or print == unreadable_print then return nil end
  return print
end

local tombstones
local function open_tombstones()
  if not tombstones then
    local row = redis.call('HMGET', tombstones_key, 'buckets', 'entries')
    -- A print is an HMAC already: its first bytes are as good as any.
    tombstones = open_table(tombstones_key, tonumber(row[1] or 1), function(print) return (struct.unpack('>I4', print)) end)
    tombstones.entries = tonumber(row[2] or 0)
  end
  return tombstones
end

local function count_tombstones(added)
  local all = open_tombstones()
  all.entries = all.entries + added
  redis.call('HSET', tombstones_key, 'buckets', all.buckets, 'entries', all.entries)
end

local function read_tombstone(print) return tonumber(redis.call('HGET', bucket_for(open_tombstones(), print), print) or nil) end

local function write_tombstone(print, value)
  local all = open_tombstones()
  make_room(all, all.entries + 1)
  if redis.call('HSET', bucket_for(all, print), print, string.format('%d', value)) == 1 then count_tombstones(1) end
end

-- A deletion is about to be sent: from here on no resubmission of the session is.
local function mark_deleting(print, value)
  if not value then
    write_tombstone(print, -(today * 8 + 1))
  elseif value < 0 and -value % 8 < most_marks then
    write_tombstone(print, value - 1)
  end
end

-- A deletion has ended that did not delete: whatever else is known of the session stays.
local function unmark_deleting(print)
  local value = read_tombstone(print)
  if not value or value > 0 then return end
  if -value % 8 > 1 then return write_tombstone(print, value + 1) end
  if redis.call('HDEL', bucket_for(open_tombstones(), print), print) == 1 then count_tombstones(-1) end
end

-- Learnosity shows a session that was deleted.
local function doubt_tombstone(print)
  local value = read_tombstone(print)
  if value and value > 0 then write_tombstone(print, -(today * 8)) end
end

local function note_resending(print, batch) redis.call('ZADD', resending_key, 0, print .. batch) end
local function forget_resending(print, batch) redis.call('ZREM', resending_key, print .. batch) end

-- Whether a resubmission in this batch may still arrive at Learnosity, or have its effect there.
local function is_under_way(batch)
  local row = redis.call('HMGET', batch_key(batch), 'state', 'unknown', 'sentAt')
  if row[3] and tonumber(row[3]) < now - longest_job then return false end
  if row[1] == 'ready' then return row[2] and true or false end
  return row[1] == 'claimed' or row[1] == 'sending' or row[1] == 'submitted' or row[1] == 'lost'
end

local function is_resending(print)
  local found = redis.call('ZRANGEBYLEX', resending_key, '[' .. print, '[' .. print .. '\255', 'LIMIT', 0, 50)
  for _, member in ipairs(found) do
    if is_under_way(string.sub(member, print_bytes + 1)) then return true end
  end
  return false
end

-- What the end of an item in a batch means for its session: its outcome (resolve.lua), or that it goes on in a child.
local function end_print(kind, batch, print, outcome)
  if not print then return end
  if kind == 'resubmission' then
    forget_resending(print, batch)
  elseif outcome == 's' or outcome == 'a' then
    write_tombstone(print, today)
  elseif outcome == 'f' or outcome == 'c' or outcome == 'p' then
    unmark_deleting(print)
  end
end

-- A child has the prints of its items from the beginning: what ended its parent's call may still have its effect.
local function give_prints(kind, child, prints, retention)
  redis.call('SET', prints_key(child), table.concat(prints), 'PX', retention)
  if kind ~= 'resubmission' then return end
  for _, print in ipairs(prints) do
    if print ~= no_print and print ~= unreadable_print then note_resending(print, child) end
  end
end
