-- Replicas of a version that counts nothing move items past the figures, and end requests that stay in '<kind>:opened'. Where that
-- may have been, a consumer's items are counted anew: the numbers of what waits begin at 0 under another 'count', and each open
-- request is taken in with all it has by then, at the next move of its items or when it is come to here. 'counting' is the cursor
-- into the open requests until all are in; 'since' says up to which moment (of Redis's clock, ms) uncounted moves are put right.
local taken_in_at_once = 500
local ended_at_once = 1000

-- Takes out requests that ended without leaving '<kind>:opened', and lets the parts that such a version does not know go with
-- their record; answers whether there were any.
local function forget_ended()
  local listed = redis.call('ZCARD', opened_key('deletion')) + redis.call('ZCARD', opened_key('resubmission'))
  if listed <= redis.call('SCARD', open_key) then return false end
  local found = false
  for _, kind in ipairs({ 'deletion', 'resubmission' }) do
    local ended = redis.call('ZDIFF', 2, opened_key(kind), open_key)
    for i = 1, math.min(#ended, ended_at_once) do
      found = true
      local left = redis.call('PTTL', request_key(ended[i]))
      for _, part in ipairs({ ':batches', ':codes' }) do
        -- Where the record has gone they go as well.
        if left ~= -1 then redis.call('PEXPIRE', request_key(ended[i]) .. part, left) end
      end
      redis.call('ZREM', opened_key(kind), ended[i])
    end
  end
  return found
end

-- `since`: from when on every worker counts, or 0 while one does not: then what is put right now would soon be wrong again.
local function count_anew(since)
  local ended = forget_ended()
  if ended and redis.call('EXISTS', open_key) == 0 then forget_waiting() end
  if since > 0 and (ended or number_in(figures_key, 'since') < since) then
    forget_waiting()
    this_count = string.format('%.0f', now)
    redis.call('HSET', figures_key, 'count', this_count, 'since', string.format('%.0f', since), 'counting', 0)
  end
  local cursor = redis.call('HGET', figures_key, 'counting')
  if not cursor then return end
  local scanned = redis.call('SSCAN', open_key, cursor, 'COUNT', taken_in_at_once)
  for _, id in ipairs(scanned[2]) do take_in(id) end
  if scanned[1] == '0' then
    redis.call('HDEL', figures_key, 'counting')
  else
    redis.call('HSET', figures_key, 'counting', scanned[1])
  end
end
