-- Takes a slot of the metadata endpoint for one page, and holds on to what is asked for meanwhile.
-- KEYS[1] the consumer's base
-- ARGV    token, slot, calls, window, guard, lease (ms; covers deadline and late arrival), then the batches
-- Returns { 'slot' } | { 'wait', ms } until one is free
-- May run twice: the same slot again.
local token, slot = ARGV[1], ARGV[2]
local calls, window, guard, lease = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
for i = 7, #ARGV do
  if is_verifier(ARGV[i], token) then redis.call('ZADD', verifications_key, 'XX', now + 2 * lease, ARGV[i]) end
end
local free_in = slot_free_in('metadata', calls, guard)
if free_in > 0 then return { 'wait', math.ceil(math.min(free_in, window)) } end
hold_slot('metadata', slot, exact + lease + window)
return { 'slot' }
