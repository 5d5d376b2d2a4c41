-- A piece of what is to be verified is a closed batch: its record and members lie there anyway, and stay until it is verified. In the record
-- are `unverified`: the positions still to be asked for, all where absent; `verifier`: the token of who asks; `again`: it was deleted
-- again since it was still there; `seenBefore`: of an open batch, the positions that Learnosity showed before their deletion.
local gone, gone_of, watched, gone_unseen = {}, {}, {}, 0
local verification_mode

-- Which sessions of a request can be verified: 'all' were seen (they come from a selection), those that were 'looked' for, or false.
local function watches(request)
  if watched[request] == nil then
    local row = redis.call('HMGET', request_key(request), 'verify', 'selection')
    verification_mode = verification_mode or redis.call('HGET', verification_key, 'mode') or 'selections'
    local wanted = row[1] == '1' or row[1] ~= '0' and (verification_mode == 'always' or row[2] and verification_mode == 'selections')
    watched[request] = wanted and (row[2] and 'all' or 'looked') or false
  end
  return watched[request]
end

local function position_set(text)
  local set = {}
  for position in string.gmatch(text or '', '%d+') do set[tonumber(position)] = true end
  return set
end

-- One item of a batch has an outcome; `seen`: the set of `seenBefore`.
local function note_gone(request, position, seen)
  local which = watches(request)
  if not which or which == 'looked' and not seen[position] then
    gone_unseen = gone_unseen + 1
    return
  end
  gone[#gone + 1] = position
  gone_of[request] = (gone_of[request] or 0) + 1
end

-- After the batch is closed: its gone sessions that were seen come due to be asked for after the grace.
local function verify_later(id, size)
  if gone_unseen > 0 then redis.call('HINCRBY', verification_key, 'unseen', gone_unseen) end
  if #gone == 0 then return end
  local key = batch_key(id)
  if #gone < size then redis.call('HSET', key, 'unverified', table.concat(gone, ' ')) end
  redis.call('PERSIST', key)
  redis.call('PERSIST', key .. ':items')
  for request, n in pairs(gone_of) do redis.call('HINCRBY', request_key(request), 'seen', n) end
  redis.call('HINCRBY', verification_key, 'waiting', #gone)
  local after = tonumber(redis.call('HGET', verification_key, 'afterMs') or 300000)
  redis.call('ZADD', verifications_key, now + after, id)
end

-- The sessions of a piece that are still to be asked for: { position, request, item }, ...
local function unverified_of(id)
  local key = batch_key(id)
  local text = redis.call('HGET', key, 'unverified')
  local wanted = text and position_set(text)
  local items, found, position = redis.call('LRANGE', key .. ':items', 0, -1), {}, 0
  for _, share in ipairs(shares_of(id)) do
    for _ = 1, share[2] do
      position = position + 1
      if (not wanted or wanted[position]) and items[position] then found[#found + 1] = { position, share[1], items[position] } end
    end
  end
  return found
end

local function is_verifier(id, token) return redis.call('HGET', batch_key(id), 'verifier') == token end

-- Nothing of it is left to ask for.
local function close_piece(id, retention)
  local key = batch_key(id)
  redis.call('ZREM', verifications_key, id)
  redis.call('HDEL', key, 'verifier')
  redis.call('PEXPIRE', key, retention)
  redis.call('PEXPIRE', key .. ':items', retention)
end
