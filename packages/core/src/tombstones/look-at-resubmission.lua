-- Looks at a claimed resubmission before it is sent: which of its sessions are deleted, or are to be. The others are noted as being
-- resent (lanes/shared/tombstones.lua), so that a deletion waits for their end; and what cannot be read is counted.
-- KEYS[1] the consumer's base
-- ARGV    batch, claims, retention (ms), the prints of its items, of each item its packed session id, or ''
-- Returns a letter for each item: '.' may be sent | 'f' its session is deleted, or is to be; '' the claim is over
-- May run twice: what is noted stays noted, and an item is counted as unreadable once.
local id, retention, prints = ARGV[1], ARGV[3], ARGV[4]
local row = redis.call('HMGET', batch_key(id), 'state', 'claims', 'shares')
if row[1] ~= 'claimed' or row[2] ~= ARGV[2] then return '' end
local before = redis.call('GET', prints_key(id)) or ''

-- An open deletion that nobody holds up has it: known where the index of sessions is on.
local function is_to_be_deleted(item)
  if item == '' or not open_sessions() then return false end
  local field = field_of(item)
  for _, note in ipairs(parse_notes(redis.call('HGET', bucket_for(sessions, field), field) or '')) do
    local request = (note[2] == session_codes.waiting or note[2] == session_codes.again) and request_of(note[1])
    local row = request and redis.call('HMGET', request_key(request), 'state', 'cancelledAt')
    if row and row[1] == 'processing' and not row[2] then return true end
  end
  return false
end

local letters, kept, position = {}, {}, 0
for _, share in ipairs(cjson.decode(row[3])) do
  local unreadable = 0
  for _ = 1, share[2] do
    position = position + 1
    local from, to = (position - 1) * print_bytes + 1, position * print_bytes
    local print = string.sub(prints, from, to)
    letters[position], kept[position] = '.', print
    if print == unreadable_print then
      if string.sub(before, from, to) ~= unreadable_print then unreadable = unreadable + 1 end
    elseif read_tombstone(print) or is_to_be_deleted(ARGV[4 + position]) then
      letters[position], kept[position] = 'f', no_print
      forget_resending(print, id)
    else
      note_resending(print, id)
    end
  end
  if unreadable > 0 then redis.call('HINCRBY', request_key(share[1]), 'unreadable', unreadable) end
end
redis.call('SET', prints_key(id), table.concat(kept), 'PX', retention)
return table.concat(letters)
