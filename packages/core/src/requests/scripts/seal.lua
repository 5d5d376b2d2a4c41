-- Seals an upload: count and digest are fixed, and it no longer expires (invariant 1).
-- KEYS[1] the consumer's base
-- ARGV    request, token, digest, number of chunks, lines that were left out since they were no items
-- Returns { 'sealed', digest } of the request that stands | { 'lost' } another upload holds it, or chunks are missing
-- May run twice: the second finds it sealed.
local id, token, digest = ARGV[1], ARGV[2], ARGV[3]
local row = redis.call('HMGET', request_key(id), 'state', 'token', 'chunks', 'total', 'duplicates', 'digest')
if row[1] and row[1] ~= 'receiving' then return { 'sealed', row[6] } end
if row[2] ~= token or row[3] ~= ARGV[4] then return { 'lost' } end
forget_receiving(id, token)
if ARGV[5] ~= '0' then redis.call('HSET', request_key(id), 'skipped', ARGV[5]) end
return seal_upload(id, digest, tonumber(row[4]), tonumber(row[5]))
