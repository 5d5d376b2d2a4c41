-- Takes a slot of the metadata endpoint for one page of a hold's sessions, and holds on to it meanwhile.
-- KEYS[1] the consumer's base
-- ARGV    hold, token, slot, calls, window, guard, lease (ms; covers deadline and late arrival)
-- Returns { 'slot' } | { 'wait', ms } until one is free | { 'lost' } somebody else has the hold, or it is lifted
-- May run twice: the same slot again.
local id, slot = ARGV[1], ARGV[3]
local calls, window, guard, lease = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local row = redis.call('HMGET', hold_key(id), 'token', 'removing')
if row[1] ~= ARGV[2] or row[2] then return { 'lost' } end
redis.call('HSET', resolving_key, 'dueAt', now + 2 * lease)
local free_in = slot_free_in('metadata', calls, guard)
if free_in > 0 then return { 'wait', math.ceil(math.min(free_in, window)) } end
hold_slot('metadata', slot, exact + lease + window)
return { 'slot' }
