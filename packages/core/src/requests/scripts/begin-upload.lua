-- Begins, or takes over, the upload of a large request.
-- KEYS[1] the consumer's base
-- ARGV    request, token, buckets for finding duplicates, then the record's fields and values
-- Returns { 'begun' } | { 'sealed', digest } it was complete already | { 'in_progress' } somebody else uploads it | { 'memory_short' }
-- May run twice: the same token holds the upload.
local id, token, buckets = ARGV[1], ARGV[2], ARGV[3]
local fields = {}
for i = 4, #ARGV do fields[#fields + 1] = ARGV[i] end
local begun = begin_upload(id, token, fields)
if begun[1] == 'begun' then redis.call('ZADD', receiving_key, now, token .. ' ' .. buckets .. ' ' .. id) end
return begun
