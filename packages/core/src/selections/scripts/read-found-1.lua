-- Some sessions of a selection, in their order.
-- KEYS[1] the list of their packed ids
-- ARGV    index of the first, index of the last; at most 1,000
-- Returns them one behind the other in one string where all are UUIDs of 16 bytes, which costs whoever reads it a fraction; else each by itself
-- May run twice: it writes nothing.
local packed = redis.call('LRANGE', KEYS[1], ARGV[1], ARGV[2])
for _, one in ipairs(packed) do
  if #one ~= 16 then return packed end
end
return table.concat(packed)
