-- Writes down what of a sample Learnosity shows again.
-- KEYS[1] the consumer's base
-- ARGV    request, token, ms until it is asked for again or -1, '1' when it was asked for now, then the places of those that are back
-- Returns 1 | 0 somebody else has the sample
-- May run twice: whoever has recorded it does not have it any more.
local id, next_ms, is_asked = ARGV[1], tonumber(ARGV[3]), ARGV[4] == '1'
local key = request_key(id)
if redis.call('HGET', key, 'sampler') ~= ARGV[2] then return 0 end
redis.call('HDEL', key, 'sampler')
local sample, back = redis.call('LRANGE', key .. ':sample', 0, -1), {}
for i = 5, #ARGV do back[#back + 1] = sample[tonumber(ARGV[i])] end
if is_asked then
  redis.call('HSET', key, 'checkedAt', now)
  redis.call('HINCRBY', key, 'samples', 1)
  redis.call('HINCRBY', verification_key, 'sampled', #sample)
end
if #back > 0 then
  redis.call('HINCRBY', key, 'reappeared', #back)
  redis.call('HINCRBY', verification_key, 'reappeared', #back)
  redis.call('HSET', verification_key, 'reappearedAt', now)
  report_back(id, 'reappeared', 'Learnosity shows it again, although its deletion was verified', back)
  for _, item in ipairs(back) do redis.call('LREM', key .. ':sample', 1, item) end
  -- The list may be new, and goes with its record.
  local left = redis.call('PTTL', key)
  if left > 0 then redis.call('PEXPIRE', key .. part_still_there, left) end
end
if next_ms < 0 then
  redis.call('ZREM', samples_key, id)
else
  redis.call('ZADD', samples_key, now + next_ms, id)
end
return 1
