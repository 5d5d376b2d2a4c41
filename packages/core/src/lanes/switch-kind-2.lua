-- Stops a kind over all consumers, or starts it again. The journals of evidence have it in the same step, of deletions.
-- KEYS    the kinds that are stopped, the consumers under evidence
-- ARGV    kind, the stop as it is kept or '' to start, who or '', why or ''
-- Returns 1 | 0 it stood so already
-- May run twice: the second finds the same stop, or none.
local kind, stop = ARGV[1], ARGV[2]
local event = stop == '' and 'kind-started' or 'kind-stopped'
if stop == '' then
  if redis.call('HDEL', KEYS[1], kind) == 0 then return 0 end
else
  if redis.call('HGET', KEYS[1], kind) == stop then return 0 end
  redis.call('HSET', KEYS[1], kind, stop)
end
if kind == 'deletion' then note_change_for_all(KEYS[2], event, { 'kind', kind, 'by', ARGV[3], 'reason', ARGV[4] }) end
return 1
