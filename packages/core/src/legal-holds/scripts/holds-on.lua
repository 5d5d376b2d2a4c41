-- Which of the newest holds keeps each of some sessions that are held.
-- KEYS[1] the consumer's base
-- ARGV    how many holds to look through, the newest first, then packed ids, at most those of a batch
-- Returns for each session the id of a hold, or '' where none of those has it
-- Reads only: one look into each hold, up to the one that has the last of them.
local found, left = {}, {}
for i = 2, #ARGV do
  found[i - 1] = ''
  left[#left + 1] = i
end
for _, id in ipairs(redis.call('ZREVRANGE', holds_key, 0, ARGV[1] - 1)) do
  if #left == 0 then break end
  local packed, others = {}, {}
  for at, i in ipairs(left) do packed[at] = ARGV[i] end
  for at, has in ipairs(redis.call('SMISMEMBER', hold_key(id) .. ':sessions', unpack(packed))) do
    if has == 1 then found[left[at] - 1] = id else others[#others + 1] = left[at] end
  end
  left = others
end
return found
