-- Puts failed or parked items back in line, or fails parked ones; at most 1,000 a call.
-- KEYS[1] the consumer's base
-- ARGV    request, 'failed' | 'parked', 'resend' | 'fail', how many at most over all calls, retention (ms), then, where a person
--         says why, fields and values to note
-- Returns { state before or '', items moved, items left in the list }
-- May run twice: what was moved is no longer in the list; run again it may move the next ones, which were asked for as well.
local id, from, action = ARGV[1], ARGV[2], ARGV[3]
local key = request_key(id)
local row = redis.call('HMGET', key, 'state', 'kind', 'ignoring', 'number')
local state, kind, ignoring = row[1], row[2], row[3] == '1'
if not state or state == 'receiving' or state == 'accepted' then return { state or '', 0, 0 } end
local list = key .. (from == 'failed' and ':failures' or ':parked')
local entries = redis.call('LPOP', list, math.min(1000, tonumber(ARGV[4]))) or {}
if #entries == 0 then return { state, 0, 0 } end
if ARGV[6] then
  redis.call('HDEL', key, 'retriedBy')
  redis.call('HSET', key, 'retriedAt', now, unpack(ARGV, 6))
end
local items, codes = {}, {}
for i, entry in ipairs(entries) do
  items[i] = string.match(entry, '\n(.*)$')
  local code = string.match(entry, '^(.-)\t') or ''
  codes[code] = (codes[code] or 0) + 1
end
for code, n in pairs(codes) do note_code(id, from, code, -n) end
local number = tonumber(row[4] or nil)
if number then
  for _, item in ipairs(items) do note_outcome(number, item, action == 'fail' and 'f' or 'again') end
  if action ~= 'fail' then redis.call('HSET', key, 'redriven', 1) end
end
if action == 'fail' then
  local failed = {}
  for i, item in ipairs(items) do
    failed[i] = report_entry('parked', 'A person failed it: its outcome at Learnosity was never known', item)
  end
  redis.call('RPUSH', key .. ':failures', unpack(failed))
  note_code(id, 'failed', 'parked', #failed)
  move_items(id, from, 'failed', #failed)
  note_moves(kind)
else
  redis.call('RPUSH', key .. ':items', unpack(items))
  move_items(id, from, 'pending', #items)
  look_again(id, #items)
  note_moves(kind)
  if from == 'parked' then redis.call('HINCRBY', key, 'resent', #items) end
  -- Whoever sends an item again takes back what was cancelled before; else it would end as cancelled, and may not be.
  redis.call('HDEL', key, 'cancelledAt')
  if reopen_if_finished(id, kind, state) then state = 'processing' end
  if state ~= 'held' and state ~= 'waiting' then join_rotation(kind, ignoring, id) end
end
finish_if_done(id, tonumber(ARGV[5]))
return { row[1], #entries, redis.call('LLEN', list) }
