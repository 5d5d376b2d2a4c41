-- Looks at a claimed deletion before it is sent: which sessions had been deleted before, and which have a resubmission under way. The
-- others are marked as being deleted (lanes/shared/tombstones.lua). A selection has just seen its sessions: those are forced. So has
-- verification those that are deleted once more: their tombstones are in doubt, whoever has found that, and wherever they were written since.
-- KEYS[1] the consumer's base
-- ARGV    batch, claims, retention (ms), the prints of its items
-- Returns a letter for each item: '.' may be sent | 'd' was deleted before | 'w' waits for a resubmission; '' the claim is over
-- May run twice: a mark that a batch has made it does not make again.
local id, retention, prints = ARGV[1], ARGV[3], ARGV[4]
local row = redis.call('HMGET', batch_key(id), 'state', 'claims', 'shares', 'again')
if row[1] ~= 'claimed' or row[2] ~= ARGV[2] then return '' end
local before = redis.call('GET', prints_key(id))
local some_resend = redis.call('EXISTS', resending_key) == 1
local letters, kept, position = {}, {}, 0

local function look(print, forced, cancelled)
  if row[4] then doubt_tombstone(print) end
  local value = read_tombstone(print)
  if value and value > 0 and not forced then return 'd', no_print end
  local marked = print_at(before, position)
  -- A cancelled one is not sent: begin-send says so, and need not wait.
  if not marked and not cancelled and some_resend and is_resending(print) then return 'w', no_print end
  if not marked or not value then mark_deleting(print, value) end
  return '.', print
end

for _, share in ipairs(cjson.decode(row[3])) do
  local asked = redis.call('HMGET', request_key(share[1]), 'force', 'cancelledAt', 'selection')
  for _ = 1, share[2] do
    position = position + 1
    letters[position], kept[position] = look(string.sub(prints, (position - 1) * print_bytes + 1, position * print_bytes), asked[1] or asked[3], asked[2])
  end
end
redis.call('SET', prints_key(id), table.concat(kept), 'PX', retention)
return table.concat(letters)
