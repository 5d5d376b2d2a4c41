-- Writes down what Learnosity showed of a piece: what it does not show is verified.
-- KEYS[1] the consumer's base
-- ARGV    batch, token, what becomes of the sessions that are named, their next turn in ms, retention (ms), then their positions:
--         'wait' they are asked for again | 'again' they are deleted again, as a new batch of their requests | 'stillThere' they are
--         reported so | 'unasked' Learnosity never said, of all that are left
-- Returns { 1, verified, named, { requests with nothing left to verify }, { requests that are open again } } | { 0 } somebody else has the piece, or it is over
-- May run twice: whoever has recorded it does not have it any more.
local id, token, how, next_ms, retention = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local key = batch_key(id)
if not is_verifier(id, token) then return { 0 } end
local named = {}
for i = 6, #ARGV do named[tonumber(ARGV[i])] = true end

local order, requests, left, verified, kept = {}, {}, {}, 0, 0
for _, one in ipairs(unverified_of(id)) do
  local request = one[2]
  local of = requests[request]
  if not of then
    of = { items = {}, gone = {} }
    requests[request] = of
    order[#order + 1] = request
  end
  if named[one[1]] then
    of.items[#of.items + 1] = one[3]
    left[#left + 1] = one[1]
    kept = kept + 1
  else
    of.gone[#of.gone + 1] = one[3]
    verified = verified + 1
  end
end

local shares, items, reopened = {}, {}, {}
for _, request in ipairs(order) do
  local of, record = requests[request], request_key(request)
  local known = redis.call('HMGET', record, 'kind', 'state', 'number')
  -- Whoever took a record out of Redis wants to know nothing of it.
  if known[1] then
    if how ~= 'unasked' then redis.call('HSET', record, 'checkedAt', now) end
    if #of.gone > 0 then
      redis.call('HINCRBY', record, 'verified', #of.gone)
      keep_sample(request, of.gone)
    end
    if #of.items > 0 and how == 'again' then
      if delete_again(request, of.items, known, id) then reopened[#reopened + 1] = request end
      shares[#shares + 1] = { request, #of.items }
      for _, item in ipairs(of.items) do items[#items + 1] = item end
    elseif #of.items > 0 and how ~= 'wait' then
      redis.call('HINCRBY', record, how, #of.items)
      if how == 'stillThere' then report_back(request, 'still_there', 'Learnosity still shows it, although it was deleted twice', of.items) end
    end
  end
end
if #items > 0 then
  local name = id .. '-again'
  -- All of them were seen, however that was known: else nobody would have asked for them.
  local seen = {}
  for position = 1, #items do seen[position] = position end
  new_batch(name, 'deletion', false, shares, items, { 'again', 1, 'unknown', 1, 'resent', 1, 'parent', id, 'seenBefore', table.concat(seen, ' '),
    'successes', redis.call('HGET', lane_key('deletion', 'lane'), 'successes') or 0 })
  for _, share in ipairs(shares) do note_batch(share[1], name) end
  make_ready(name, 'deletion', false, now)
  note_moves('deletion')
end

-- Others of the batch may still wait.
local function ended_requests()
  local ended = {}
  for _, request in ipairs(order) do
    if end_verification(request, retention) then ended[#ended + 1] = request end
  end
  return ended
end

redis.call('HINCRBY', verification_key, 'verified', verified)
if how ~= 'unasked' then redis.call('HINCRBY', verification_key, 'checked', verified + kept) end
if how == 'wait' and kept > 0 then
  redis.call('HINCRBY', verification_key, 'waiting', 0 - verified)
  redis.call('HSET', key, 'unverified', table.concat(left, ' '))
  redis.call('HDEL', key, 'verifier')
  redis.call('ZADD', verifications_key, now + next_ms, id)
  return { 1, verified, kept, ended_requests(), {} }
end
redis.call('HINCRBY', verification_key, 'waiting', 0 - verified - kept)
if kept > 0 then redis.call('HINCRBY', verification_key, how, kept) end
if kept > 0 and how == 'stillThere' then redis.call('HSET', verification_key, 'stillThereAt', now) end
close_piece(id, retention)
return { 1, verified, kept, ended_requests(), reopened }
