-- Ends a selection that walks, and forgets what it found.
-- KEYS[1] the consumer's base
-- ARGV    selection, retention (ms)
-- Returns the state that it was in, or nil
-- May run twice: what is cancelled is left alone.
local id = ARGV[1]
local key = selection_key(id)
local state = redis.call('HGET', key, 'state')
if state == 'walking' or state == 'ready' then
  end_selection(id, 'cancelled', tonumber(ARGV[2]))
  redis.call('UNLINK', key .. ':items', key .. ':parts')
  redis.call('HDEL', key, 'part')
end
return state
