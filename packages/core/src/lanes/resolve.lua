-- Writes what became of every item of a batch, and closes it: settles, splits and parks in one step (invariants 2, 4, 6), with the
-- tombstones of what was deleted.
-- KEYS[1] the consumer's base
-- ARGV    batch, guard ('claims' | 'reference' | 'look' of a lost batch), guard's value, slot or '', how the slot is freed, its ms, window,
--         code, message, retention (ms), half (1: children wait in 'halves'), ms until the children are due,
--         halts of the children, '1' when they may have had an effect already, '1' when the call surely had none, then one outcome per item,
--         the salted leaf of each item, 32 bytes one behind the other, or '', and the fingerprint; then, where items have messages of their own, one
--         for each item, or ''. Outcomes: 's' succeeded, 'a' succeeded since it was absent, 'd' succeeded since it had been deleted before,
--         'f' failed, 'c' cancelled, 'p' parked, or the number of a child
-- Returns { 1, requests that this finished... } | { 0 } already closed, or the guard does not hold
-- May run twice: the second finds the batch closed.
local id, guard, expected, slot = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local code, message, retention = ARGV[8], ARGV[9], tonumber(ARGV[10])
local half, due_in, halts = ARGV[11] == '1', tonumber(ARGV[12]), ARGV[13]
local unknown = ARGV[14] == '1'
local first_outcome = 16
local key = batch_key(id)
local row = redis.call('HMGET', key, 'state', guard, 'kind', 'ignoring', 'depth', 'unknown', 'resent', 'attempts', 'noted', 'again',
  'seenBefore')
if not row[3] then return { 0 } end
local kind, ignoring = row[3], row[4] == '1'
if slot ~= '' then
  release_slot(kind, slot, ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[7]))
  if ARGV[5] == 'unused' then wake(kind) end
end
local submitted = guard == 'reference'
local open = submitted and row[1] == 'submitted' or guard == 'look' and row[1] == 'lost'
  or guard == 'claims' and (row[1] == 'claimed' or row[1] == 'sending')
if not open or row[2] ~= expected then return { 0 } end
if row[1] == 'lost' then redis.call('ZREM', lost_key, id) end
if ARGV[15] == '1' and row[1] == 'sending' and row[9] then forget_attempt(id, row[8]) end

local totals = { s = 0, a = 0, d = 0, f = 0, c = 0, p = 0 }
local prints = redis.call('GET', prints_key(id))
local children, order = {}, {}
local seen_before = position_set(row[11])
local function child(number, request, item, seen, print)
  local one = children[number]
  if not one then
    one = { shares = {}, items = {}, seen = {}, prints = {} }
    children[number] = one
    order[#order + 1] = number
  end
  local last = one.shares[#one.shares]
  if last and last[1] == request then
    last[2] = last[2] + 1
  else
    one.shares[#one.shares + 1] = { request, 1 }
  end
  one.items[#one.items + 1] = item
  if seen then one.seen[#one.seen + 1] = #one.items end
  one.prints[#one.prints + 1] = print
end

-- As the index of sessions knows an outcome: it has no word of its own for what had been deleted before.
local function session_code_of(outcome)
  if outcome == 'd' then return 's' end
  return totals[outcome] and outcome or 'again'
end

local items = redis.call('LRANGE', key .. ':items', 0, -1)
local shares = shares_of(id)
local leaves, noted = ARGV[first_outcome + #items] or '', { shares = {}, leaves = {} }
-- A probe that is settled without a call says nothing of the consumer.
if row[1] == 'claimed' then probe_again(kind, ARGV[first_outcome + #items + 1], id) end
local from = submitted and 'submitted' or 'claimed'
local position = 0
for _, share in ipairs(shares) do
  local request, count = share[1], { s = 0, a = 0, d = 0, f = 0, c = 0, p = 0, split = 0 }
  local done, gone, back, reports = {}, {}, {}, { f = {}, p = {} }
  local number = kind == 'deletion' and number_of(request)
  for _ = 1, share[2] do
    position = position + 1
    local outcome, item = ARGV[first_outcome + position - 1], items[position]
    if number and (totals[outcome] or submitted) then note_outcome(number, item, session_code_of(outcome)) end
    end_print(kind, id, print_at(prints, position), outcome)
    if totals[outcome] then
      count[outcome] = count[outcome] + 1
      totals[outcome] = totals[outcome] + 1
      if kind == 'deletion' and (outcome == 'a' or outcome == 's' and submitted) then note_gone(request, position, seen_before) end
      if reports[outcome] then
        local own = ARGV[first_outcome + #items + 1 + position] or ''
        reports[outcome][#reports[outcome] + 1] = report_entry(code, own ~= '' and own or message, item)
      elseif kind == 'resubmission' then
        done[#done + 1] = string.match(item, '^%d+')
      end
      if kind == 'deletion' then
        -- Of what is deleted once more the leaf is there, and is taken back when that fails.
        local leaf = string.sub(leaves, (position - 1) * leaf_bytes + 1, position * leaf_bytes)
        local is_gone = outcome == 's' or outcome == 'a' or outcome == 'd'
        if is_gone and not row[10] then gone[#gone + 1] = leaf end
        if row[10] and not is_gone then back[#back + 1] = leaf end
      end
    else
      count.split = count.split + 1
      local print = prints and string.sub(prints, (position - 1) * print_bytes + 1, position * print_bytes)
      child(outcome, request, item, seen_before[position], print)
    end
  end
  move_items(request, from, 'succeeded', count.s + count.a + count.d)
  if count.a > 0 then redis.call('HINCRBY', request_key(request), 'absent', count.a) end
  if count.d > 0 then redis.call('HINCRBY', request_key(request), 'alreadyDeleted', count.d) end
  move_items(request, from, 'failed', count.f)
  move_items(request, from, 'cancelled', count.c)
  move_items(request, from, 'parked', count.p)
  move_items(request, from, 'claimed', count.split)
  if #done > 0 then redis.call('HDEL', request_key(request) .. ':payloads', unpack(done)) end
  if kind == 'deletion' then note_share(noted, request, count, table.concat(gone), table.concat(back)) end
  note_code(request, 'failed', code, count.f)
  note_code(request, 'parked', code, count.p)
  if count.f > 0 then redis.call('RPUSH', request_key(request) .. ':failures', unpack(reports.f)) end
  if count.p > 0 then redis.call('RPUSH', request_key(request) .. ':parked', unpack(reports.p)) end
end

local names = {}
for index, number in ipairs(order) do
  local name = id .. '-' .. index
  names[index] = name
  local fields = { 'depth', tonumber(row[5]) + (half and 1 or 0), 'halts', halts, 'parent', id,
    'successes', redis.call('HGET', lane_key(kind, 'lane'), 'successes') or 0 }
  if row[6] or unknown then
    fields[#fields + 1] = 'unknown'
    fields[#fields + 1] = 1
  end
  if row[7] then
    fields[#fields + 1] = 'resent'
    fields[#fields + 1] = 1
  end
  if row[10] then
    fields[#fields + 1] = 'again'
    fields[#fields + 1] = 1
  end
  if #children[number].seen > 0 then
    fields[#fields + 1] = 'seenBefore'
    fields[#fields + 1] = table.concat(children[number].seen, ' ')
  end
  new_batch(name, kind, ignoring, children[number].shares, children[number].items, fields)
  if prints then give_prints(kind, name, children[number].prints, retention) end
  for _, share in ipairs(children[number].shares) do note_batch(share[1], name) end
  make_ready(name, kind, half, now + due_in)
end
note_moves(kind)
redis.call('HSET', key, 'succeeded', totals.s + totals.a + totals.d, 'absent', totals.a, 'alreadyDeleted', totals.d, 'failed', totals.f,
  'cancelled', totals.c, 'parked', totals.p, 'children', table.concat(names, ' '), 'lastCode', code, 'lastMessage', message)
note_completed(id, noted)
close_batch(id, kind, #order > 0 and 'split' or 'settled', retention)
verify_later(id, position)
if prints then redis.call('UNLINK', prints_key(id)) end

if submitted and totals.s > 0 then redis.call('HSET', lane_key(kind, 'lane'), 'completedAt', now) end
-- How many bad items the lane has lately had: halves with every ten batches. What was never sent says nothing of that.
if row[1] ~= 'claimed' and (totals.f > 0 or totals.s + totals.a > 0) then
  local bad = number_in(lane_key(kind, 'lane'), 'bad') * 0.933 + totals.f
  redis.call('HSET', lane_key(kind, 'lane'), 'bad', string.format('%.3f', bad))
end
local answer = { 1 }
for _, share in ipairs(shares) do
  if finish_if_done(share[1], retention) then answer[#answer + 1] = share[1] end
end
return answer
