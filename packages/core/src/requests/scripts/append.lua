-- Appends one chunk, its duplicates already left out.
-- KEYS[1] the consumer's base
-- ARGV    request, token, chunk number, duplicates, seed of the index of sessions or '' (accept.lua), the chain behind it or '', then the
--         items (items.lua)
-- Returns { 'appended' } | { 'lost' } another upload holds the request | { 'memory_short' }
-- May run twice: a chunk that was applied is not applied again.
local id, token, chunk, duplicates = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
local seed, chain = ARGV[5], ARGV[6]
local key = request_key(id)
local row = redis.call('HMGET', key, 'state', 'token', 'chunks', 'total', 'kind')
if row[1] ~= 'receiving' or row[2] ~= token then return { 'lost' } end
local applied = tonumber(row[3])
if chunk < applied then return { 'appended' } end
if chunk > applied then return { 'lost' } end
if memory_short() then return { 'memory_short' } end
local total = tonumber(row[4])
local items = store_items(key, row[5], total, 7)
if seed ~= '' then put_sessions(id, items, seed) end
redis.call('HSET', key, 'chunks', chunk + 1, 'total', total + #items, 'touchedAt', now)
redis.call('HINCRBY', key, 'duplicates', duplicates)
if chain ~= '' then redis.call('HSET', key, 'chain', chain) end
note_receiving(id, token)
return { 'appended' }
