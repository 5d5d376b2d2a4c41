-- Takes a slot of the metadata endpoint for one page of a walk, and holds on to the walk meanwhile.
-- KEYS[1] the consumer's base
-- ARGV    selection, token, slot, calls, window, guard, lease (ms; covers deadline and late arrival)
-- Returns { 'slot' } | { 'wait', ms } until one is free | { 'lost' } somebody else has the walk, or it is over
-- May run twice: the same slot again.
local id, token, slot = ARGV[1], ARGV[2], ARGV[3]
local calls, window, guard, lease = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
if not holds(id, token) then return { 'lost' } end
redis.call('ZADD', walks_key, now + 2 * lease, id)
local free_in = slot_free_in('metadata', calls, guard)
if free_in > 0 then return { 'wait', math.ceil(math.min(free_in, window)) } end
hold_slot('metadata', slot, exact + lease + window)
return { 'slot' }
