-- Events of deletions for the journal of evidence, written in the step that they tell of. They lie unchained in the outbox until an archivist has
-- taken them into the chain. A request is under evidence (`evidenced` in its record) when workers had EVIDENCE on at its seal, or at its
-- opening where whoever sealed it did not know of evidence: its journal has all of it or nothing.
local evidence_key = base .. 'evidence'
local leaf_bytes = 32

local function is_evidenced(id) return redis.call('HEXISTS', request_key(id), 'evidenced') == 1 end

local function note_event(event, fields)
  redis.call('XADD', base .. 'evidence:outbox', '*', 'event', event, 'at', now, unpack(fields))
end

-- The event of one request, with those fields of its record that are there.
local function note_of_request(event, id, names)
  local fields, values = { 'request', id }, redis.call('HMGET', request_key(id), unpack(names))
  for i, name in ipairs(names) do
    if values[i] then
      fields[#fields + 1] = name
      fields[#fields + 1] = values[i]
    end
  end
  note_event(event, fields)
end

-- Puts a deletion under evidence, once. Who, why, count and digest are fixed by then.
local function note_sealed(id)
  if redis.call('HGET', evidence_key, 'on') ~= '1' then return end
  if redis.call('HGET', request_key(id), 'kind') ~= 'deletion' then return end
  if redis.call('HSETNX', request_key(id), 'evidenced', now) == 0 then return end
  note_of_request('sealed', id,
    { 'createdAt', 'requestedBy', 'keyName', 'reason', 'total', 'duplicates', 'digest', 'selection',
      'selectionDigest' })
end

-- A second person approved it: `approvedBy` stands in the record.
local function note_approved(id)
  if is_evidenced(id) then note_of_request('approved', id, { 'approvedBy', 'approvalReason' }) end
end

-- It was revoked with nothing sent: by whom and why stands in the record.
local function note_revoked(id)
  if is_evidenced(id) then note_of_request('revoked', id, { 'revokedBy', 'revokeReason' }) end
end

-- Learnosity was asked for `checked` of its sessions afterwards, and still knew `present` of them.
local function note_verified(id, checked, present)
  if not is_evidenced(id) then return end
  redis.call('HSET', request_key(id), 'verification', now .. ' ' .. checked .. ' ' .. present)
  note_event('verified', { 'request', id, 'checked', checked, 'present', present })
end

local function note_ended(id)
  if not is_evidenced(id) then return end
  -- A certificate waits for the record of this end.
  redis.call('HDEL', request_key(id), 'endedRecord')
  note_of_request('ended', id, { 'state', 'total', 'succeeded', 'failed', 'cancelled' })
end

-- Learnosity took a batch: shares as [[request, items], ...].
local function note_sent(batch, attempt, reference, shares)
  local known = {}
  for _, share in ipairs(shares) do
    if is_evidenced(share[1]) then
      known[#known + 1] = share
      redis.call('HSETNX', request_key(share[1]), 'firstSentAt', now)
    end
  end
  if #known == 0 then return end
  note_event('sent', { 'batch', batch, 'attempt', attempt, 'reference', reference, 'shares', cjson.encode(known) })
end

-- What became of a request's part of a batch: `gone` holds the salted leaves of its sessions that are gone, which stay beside the request too;
-- `back` those of sessions that were held for gone and are not.
local function note_share(noted, id, count, gone, back)
  local succeeded = count.s + count.a + count.d
  if succeeded + count.f + count.c + count.p == 0 or not is_evidenced(id) then return end
  noted.shares[#noted.shares + 1] = { id, succeeded, count.a, count.f, count.c, count.p }
  noted.leaves[#noted.leaves + 1] = gone
  if gone ~= '' then redis.call('APPEND', request_key(id) .. ':leaves', gone) end
  if back ~= '' then redis.call('APPEND', request_key(id) .. ':leaves-back', back) end
  if succeeded > 0 then redis.call('HSET', request_key(id), 'lastCompletedAt', now) end
end

local function note_completed(batch, noted)
  if #noted.shares == 0 then return end
  note_event('completed', { 'batch', batch, 'reference', redis.call('HGET', batch_key(batch), 'reference') or '',
    'shares', cjson.encode(noted.shares), 'leaves', table.concat(noted.leaves) })
end
