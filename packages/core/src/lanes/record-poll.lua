-- Frees the slot of a poll and says when its unfinished references come due again.
-- KEYS[1] the consumer's base
-- ARGV    poll id, how the slot is freed, its ms, window, '1' when the answer was 429, then batch, ms until due, ...
-- Returns how many references wait
-- May run twice: the same moments again, a little later.
local window = tonumber(ARGV[4])
release_slot('jobs', ARGV[1], ARGV[2], tonumber(ARGV[3]), window)
if ARGV[5] == '1' then block_endpoint('jobs', now + window) end
local waiting = 0
for i = 6, #ARGV, 2 do
  waiting = waiting + 1
  redis.call('ZADD', due_key, 'XX', now + tonumber(ARGV[i + 1]), ARGV[i])
end
return waiting
