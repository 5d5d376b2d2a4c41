-- Takes batches whose gone sessions are due to be asked for.
-- KEYS[1] the consumer's base
-- ARGV    token of who asks, lease (ms), most batches, 50 sessions each at most
-- Returns { 'pieces', { batch, ms since it was settled, '1' when it was deleted again, positions, items... }, ... }
--         | { 'empty', ms until one is due, or -1 }
-- May run twice: those of the first call are leased, and come due again.
local token, lease, most = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local due = redis.call('ZRANGEBYSCORE', verifications_key, '-inf', now, 'LIMIT', 0, most)
if #due == 0 then
  local first = redis.call('ZRANGE', verifications_key, 0, 0, 'WITHSCORES')
  return { 'empty', first[2] and math.max(1, math.ceil(tonumber(first[2]) - now)) or -1 }
end
local answer = { 'pieces' }
for _, id in ipairs(due) do
  local row = redis.call('HMGET', batch_key(id), 'settledAt', 'again')
  local found = row[1] and unverified_of(id) or {}
  if #found == 0 then
    -- Somebody took its record out of Redis.
    redis.call('ZREM', verifications_key, id)
  else
    local positions, piece = {}, { id, now - tonumber(row[1]), row[2] or '0', '' }
    for i, one in ipairs(found) do
      positions[i] = one[1]
      piece[#piece + 1] = one[3]
    end
    piece[4] = table.concat(positions, ' ')
    redis.call('HSET', batch_key(id), 'verifier', token)
    redis.call('ZADD', verifications_key, now + lease, id)
    answer[#answer + 1] = piece
  end
end
return answer
