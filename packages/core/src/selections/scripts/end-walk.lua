-- Ends a walk that has come to the empty page, or that cannot be ended.
-- KEYS[1] the consumer's base
-- ARGV    selection, token, 'ready' or 'failed', how many sessions or '', digest or code, message of a failure, retention (ms),
--         then fields and values of what a breakdown came to
-- Returns 1 | 0 when somebody else has the walk, or others were found than were counted
-- May run twice: what has ended is nobody's any more.
local id, token, state = ARGV[1], ARGV[2], ARGV[3]
local key = selection_key(id)
if not holds(id, token) then return 0 end
if state == 'ready' then
  if redis.call('LLEN', key .. ':items') ~= tonumber(ARGV[4]) then return 0 end
  redis.call('HSET', key, 'count', ARGV[4], 'digest', ARGV[5])
  if #ARGV > 7 then redis.call('HSET', key .. ':parts', unpack(ARGV, 8)) end
else
  redis.call('HSET', key, 'errorCode', ARGV[5], 'error', ARGV[6])
end
end_selection(id, state, tonumber(ARGV[7]))
return 1
