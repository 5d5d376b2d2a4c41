-- Takes changes that were made in the keys of all consumers (changes.lua) into the outbox of one, in their order.
-- KEYS[1] the consumer's base
-- ARGV    for each change its id in the stream it comes from, the number of its fields and values, and those; at most 50 changes
-- Returns how many were new
-- May run twice: 'changes' of `evidence` says up to which one they were taken.
local function place(id)
  local ms, part = string.match(id, '^(%d+)-(%d+)$')
  return tonumber(ms), tonumber(part)
end

local taken = 0
local last_ms, last_part = place(redis.call('HGET', evidence_key, 'changes') or '0-0')
local at = 1
while at < #ARGV do
  local id, fields = ARGV[at], tonumber(ARGV[at + 1])
  local ms, part = place(id)
  if ms > last_ms or ms == last_ms and part > last_part then
    redis.call('XADD', base .. 'evidence:outbox', '*', unpack(ARGV, at + 2, at + 1 + fields))
    redis.call('HSET', evidence_key, 'changes', id)
    last_ms, last_part = ms, part
    taken = taken + 1
  end
  at = at + 2 + fields
end
return taken
