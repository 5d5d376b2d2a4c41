-- Takes a whole small request (one chunk, its duplicates already left out) in one step.
-- KEYS[1] the consumer's base; [2] and [3] as place.lua has them
-- ARGV    request, its entry in the index, digest, duplicates, seed of the index of sessions (sessions/put.lua) or '' when they are not put
--         there, number of record fields n, n fields and values, then the items (items.lua)
-- Returns { 'sealed', digest } of the request that stands, of a new one with when it was created, how many items it has, its state and when
--         it starts or '' | { 'in_progress' } | { 'memory_short' } | { 'elsewhere' }
-- May run twice: the second finds the sealed request.
local id, place, digest, duplicates, seed, n = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6])
if belongs_elsewhere(place) then return { 'elsewhere' } end
local fields = {}
for i = 7, 6 + n do fields[#fields + 1] = ARGV[i] end
local begun = begin_upload(id, 'whole:' .. digest, fields, false)
if begun[1] == 'sealed' then keep_place(id, place) end
if begun[1] ~= 'begun' then return begun end
local key = request_key(id)
local items = store_items(key, redis.call('HGET', key, 'kind'), 0, 7 + n)
if seed ~= '' then put_sessions(id, items, seed) end
seal_upload(id, digest, #items, duplicates)
keep_place(id, place)
local row = redis.call('HMGET', key, 'state', 'startsAt')
return { 'sealed', digest, now, #items, row[1], row[2] or '' }
