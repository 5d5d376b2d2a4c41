-- Takes the right to look for the job of a lost batch, and a slot of the jobs endpoint for one page of what is found.
-- KEYS[1] the consumer's base
-- ARGV    look (whose it is), page (the slot's name), batch ('' the first that is due), calls, window, guard,
--         lease (ms; covers deadline and late arrival), send, skew, stray (ms; shared/looks.lua), '1' when the lane is exclusive,
--         ms that a replica whose lane is not leaves it to the others
-- Returns { 'look', batch, attempt, when it began, type of its job, now, its record } | { 'doubt', batch, attempt, why, its record }
--         | { 'gone' } somebody else has it, or it is lost no more | { 'wait', ms } until a slot is free
--         | { 'empty', ms until one may be looked for, or -1 }
-- May run twice: the same look gets the same batch while it asks for it; else the entry is leased, and comes due again.
local look, page, id = ARGV[1], ARGV[2], ARGV[3]
local calls, window, guard, lease = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local send, skew, stray = tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10])
local is_exclusive = ARGV[11] == '1'
if id == '' then
  local first = redis.call('ZRANGE', lost_key, 0, 0, 'WITHSCORES')
  if not first[1] then return { 'empty', -1 } end
  local due = tonumber(first[2]) + (is_exclusive and 0 or tonumber(ARGV[12]))
  if due > now then return { 'empty', math.ceil(due - now) } end
  id = first[1]
elseif redis.call('HGET', batch_key(id), 'look') ~= look then
  return { 'gone' }
end
local key = batch_key(id)
local row = redis.call('HMGET', key, 'state', 'attempts')
if row[1] ~= 'lost' then
  redis.call('ZREM', lost_key, id)
  return { 'gone' }
end
-- Before all else: it finds out whether Redis was another one since.
local free_in = slot_free_in('jobs', calls, guard)
local doubt = is_exclusive and doubt_about(id, row[2], send, skew, stray) or not is_exclusive and 'undeclared'
if doubt == 'early' then
  redis.call('ZADD', lost_key, redis.call('ZSCORE', attempts_key, id .. ':' .. row[2]) + 2 * send + 2 * skew, id)
  return { 'wait', 1 }
end
if not doubt and free_in > 0 then return { 'wait', math.ceil(math.min(free_in, window)) } end
redis.call('ZADD', lost_key, now + 2 * lease, id)
redis.call('HSET', key, 'look', look)
if doubt then return { 'doubt', id, row[2], doubt, redis.call('HGETALL', key) } end
hold_slot('jobs', page, exact + lease + window)
return { 'look', id, row[2], redis.call('ZSCORE', attempts_key, id .. ':' .. row[2]),
  redis.call('HGET', lane_key('resubmission', 'lane'), 'jobType'), tostring(now), redis.call('HGETALL', key) }
