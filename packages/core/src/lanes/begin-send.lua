-- Turns a claim into the right to send now (a fence before every call: invariants 3, 4, 5).
-- KEYS[1] the consumer's base
-- ARGV    batch, claims, fingerprint, deadline, late (ms), window, '1' when the lane is exclusive (shared/attempts.lua)
-- Returns { 'go', attempt } | { 'cancelled', request... } nothing had an effect yet and these requests are cancelled
--         | { 'no', reason }: 'lease' (the claim is over, or nearly), 'quota' (the endpoint is blocked), 'stopped' (the lane is)
-- May run twice: the same claim gets the same attempt.
local id, claims, fingerprint = ARGV[1], ARGV[2], ARGV[3]
local deadline, late, window = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local key = batch_key(id)
local row = redis.call('HMGET', key, 'state', 'claims', 'attempts', 'kind', 'slot', 'shares', 'unknown', 'resent')
if row[2] ~= claims then return { 'no', 'lease' } end
if row[1] ~= 'claimed' and row[1] ~= 'sending' then return { 'no', 'lease' } end
local kind, slot = row[4], row[5]
local held = redis.call('ZSCORE', slots_key(kind), slot)
if not held or tonumber(held) <= exact + most_ahead then return { 'no', 'lease' } end
-- A block that came after the claim: what was claimed ahead would leave into it.
local known = redis.call('HMGET', quota_key, 'blocked:' .. kind, 'notedAt')
if tonumber(known[1] or 0) > exact + most_ahead then return { 'no', 'quota' } end

local function go(attempt)
  redis.call('ZADD', leases_key, now + deadline + late, id)
  hold_slot(kind, slot, exact + deadline + late + window)
  return { 'go', attempt }
end
-- The reply was lost and the command came again: the slot stands, so it is held anew from now.
if row[1] == 'sending' then return go(row[3]) end

if is_switched_off(kind) then return { 'no', 'stopped' } end
if kind == 'deletion' and has_unresolved_hold() then return { 'no', 'stopped' } end
if stopped_until(kind, fingerprint) > 0 and not may_probe(kind, fingerprint, id) then return { 'no', 'stopped' } end

-- After an unknown outcome its items may be gone already: they go on to their end, or 'cancelled' could be untrue.
if not row[7] then
  local cancelled = { 'cancelled' }
  for _, share in ipairs(cjson.decode(row[6])) do
    if redis.call('HEXISTS', request_key(share[1]), 'cancelledAt') == 1 then cancelled[#cancelled + 1] = share[1] end
  end
  if #cancelled > 1 then return cancelled end
end

-- Counted once for each item, however often it goes out: whoever asks for the request is told.
if row[7] and not row[8] then
  for _, share in ipairs(cjson.decode(row[6])) do redis.call('HINCRBY', request_key(share[1]), 'resent', share[2]) end
  redis.call('HSET', key, 'resent', 1)
  note_figure(kind, 'resent', redis.call('HGET', key, 'size'))
end
note_figure(kind, 'calls', 1)
local attempt = redis.call('HINCRBY', key, 'attempts', 1)
redis.call('HSET', key, 'state', 'sending', 'sentAt', now)
if kind == 'resubmission' and notes_calls(ARGV[7] == '1', known[2]) then
  note_attempt(id, attempt)
  redis.call('HSET', key, 'noted', attempt)
end
return go(tostring(attempt))
