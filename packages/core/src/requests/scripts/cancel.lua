-- Cancels what has not been sent of an open request: ids at once, submissions a slice of at most 1,000 at a time, and so ids of which
-- the index of sessions knows that some were put back in line (what waits there is read from the list; find.lua). Parked items
-- were sent, with an unknown outcome: they stay parked, for a person to say what became of them.
-- Batches under way go on to their end (begin-send looks at cancelledAt).
-- KEYS[1] the consumer's base
-- ARGV    request, retention (ms), then, where a deletion is revoked, fields and values to note: that is for one of which nothing was sent
-- Returns { state before or '', 1 when more slices are left }
-- May run twice, and may be the last: a request that is cancelled in part comes to its end all the same.
local id, retention = ARGV[1], tonumber(ARGV[2])
local key = request_key(id)
local row = redis.call('HMGET', key, 'state', 'kind', 'ignoring', 'number', 'redriven')
local state, kind, ignoring = row[1], row[2], row[3] == '1'
if state ~= 'accepted' and state ~= 'waiting' and state ~= 'processing' and state ~= 'held' then return { state or '', 0 } end
if ARGV[3] then
  local revocable = kind == 'deletion' and (state == 'accepted' or state == 'waiting') and not has_begun(id)
  if not revocable then return { state, 0 } end
  redis.call('HSET', key, 'revokedAt', now, unpack(ARGV, 3))
  note_revoked(id)
end
redis.call('HSETNX', key, 'cancelledAt', now)
redis.call('HSET', key, 'state', 'processing')
if kind == 'deletion' then note_kept_back(id) end

local list, cancelled = key .. ':items', 0
local number = kind == 'deletion' and tonumber(row[4] or nil)
if kind == 'deletion' and not (number and row[5]) then
  cancelled = redis.call('LLEN', list)
  redis.call('UNLINK', list)
  if number and cancelled > 0 then redis.call('HSET', key, 'dropped', 1) end
elseif kind == 'deletion' then
  local items = redis.call('LPOP', list, 1000) or {}
  cancelled = #items
  for _, item in ipairs(items) do note_outcome(number, item, 'c') end
else
  local items = redis.call('LPOP', list, 1000) or {}
  cancelled = #items
  local numbers = {}
  for i, item in ipairs(items) do numbers[i] = string.match(item, '^%d+') end
  if cancelled > 0 then redis.call('HDEL', key .. ':payloads', unpack(numbers)) end
end
move_items(id, 'pending', 'cancelled', cancelled)
note_moves(kind)
local pending = redis.call('LLEN', list)
-- Should nobody come for the next slice, the lane gives out what is left, and begin-send cancels it.
if pending > 0 then join_rotation(kind, ignoring, id) else leave_rotation(kind, ignoring, id) end
finish_if_done(id, retention)
return { state, pending > 0 and 1 or 0 }
