-- Changes that lie in the keys of all consumers: the switch of a kind, and retention rules. The step that makes one writes it down for the journals
-- of evidence, in this slot; an archivist takes it into its consumer's outbox, which lies in another (take-changes.lua). `evidenced`, '{<prefix>}:evidence',
-- is a set: the consumers under evidence. '{<prefix>}:evidence:<consumer>' is a stream: the changes of one that are still to be taken.
local function note_change(evidenced, consumer, event, fields)
  if redis.call('SISMEMBER', evidenced, consumer) == 0 then return end
  local time = redis.call('TIME')
  local at = string.format('%.0f', tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000))
  redis.call('XADD', evidenced .. ':' .. consumer, '*', 'event', event, 'at', at, unpack(fields))
end

-- One that concerns every consumer.
local function note_change_for_all(evidenced, event, fields)
  for _, consumer in ipairs(redis.call('SMEMBERS', evidenced)) do note_change(evidenced, consumer, event, fields) end
end
