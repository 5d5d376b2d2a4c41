-- Takes a jobs slot and up to `max` due references of a consumer (both kinds), in one step.
-- KEYS[1] the consumer's base
-- ARGV    poll id, calls, window, guard, lease (ms; covers deadline and late arrival), max, spacing of rounds (ms)
-- Returns { 'poll', { batch, reference, kind, ms since it was submitted, ignoring, halts, size, shares, 1 when a job of its lane has
--         completed since, ms since it was due }, ... } | { 'wait', ms } | { 'empty', ms until one is due, or -1 }
-- May run twice: the references are leased, so the second finds other ones or none, and the first come due again.
local poll, calls, window, guard = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local lease, most, spacing = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
-- A round takes along what comes due before the next one could begin.
local due = redis.call('ZRANGEBYSCORE', due_key, '-inf', now + spacing / 2, 'LIMIT', 0, most)
if #due == 0 then
  local first = redis.call('ZRANGE', due_key, 0, 0, 'WITHSCORES')
  return { 'empty', first[2] and math.max(1, math.ceil(tonumber(first[2]) - now)) or -1 }
end
local earliest = tonumber(redis.call('ZSCORE', due_key, due[1]))
local next_round = number_in(quota_key, 'polledAt') + spacing
if #due < most and next_round > now then return { 'wait', next_round - now } end
if #due < most and earliest > now then return { 'wait', math.ceil(earliest - now) } end
local free_in = slot_free_in('jobs', calls, guard)
if free_in > 0 then return { 'wait', math.ceil(math.min(free_in, window)) } end
hold_slot('jobs', poll, exact + lease + window)
redis.call('HSET', quota_key, 'polledAt', now)
local answer = { 'poll' }
for _, id in ipairs(due) do
  local row = redis.call('HMGET', batch_key(id), 'state', 'reference', 'kind', 'submittedAt', 'ignoring', 'halts', 'size',
    'shares')
  if row[1] == 'submitted' then
    local overdue = math.max(0, now - tonumber(redis.call('ZSCORE', due_key, id)))
    redis.call('ZADD', due_key, now + lease, id)
    local others = number_in(lane_key(row[3], 'lane'), 'completedAt') > tonumber(row[4]) and 1 or 0
    answer[#answer + 1] = { id, row[2], row[3], now - tonumber(row[4]), row[5], row[6], row[7], row[8], others,
      math.floor(overdue) }
  else
    redis.call('ZREM', due_key, id)
  end
end
return answer
