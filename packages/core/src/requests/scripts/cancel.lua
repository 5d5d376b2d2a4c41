-- Cancels what has not been sent of an open request, a slice of at most 1,000 submissions at a time; ids go at once.
-- Batches under way go on to their end (begin-send looks at cancelledAt).
-- KEYS[1] the consumer's base
-- ARGV    request, retention (ms)
-- Returns { state before or '', 1 when more slices are left }
-- May run twice.
local id, retention = ARGV[1], tonumber(ARGV[2])
local key = request_key(id)
local row = redis.call('HMGET', key, 'state', 'kind', 'ignoring')
local state, kind = row[1], row[2]
if state ~= 'accepted' and state ~= 'processing' and state ~= 'held' then return { state or '', 0 } end
redis.call('HSETNX', key, 'cancelledAt', now)
redis.call('HSET', key, 'state', 'processing')
leave_rotation(kind, row[3] == '1', id)

local function cancel_list(list, from)
  local n
  if kind == 'deletion' then
    n = redis.call('LLEN', list)
    redis.call('UNLINK', list)
  else
    local items = redis.call('LPOP', list, 1000) or {}
    n = #items
    local numbers = {}
    for i, item in ipairs(items) do numbers[i] = string.match(string.match(item, '([^\n]*)$'), '^%d+') end
    if n > 0 then redis.call('HDEL', key .. ':payloads', unpack(numbers)) end
  end
  move_items(id, from, 'cancelled', n)
end
cancel_list(key .. ':items', 'pending')
cancel_list(key .. ':parked', 'parked')
finish_if_done(id, retention)
local left = redis.call('LLEN', key .. ':items') + redis.call('LLEN', key .. ':parked')
return { state, left > 0 and 1 or 0 }
