-- Begins, or takes over, the upload of a large request.
-- KEYS[1] the consumer's base
-- ARGV    request, token, '1' when it may be gone on with, then the record's fields and values
-- Returns { 'begun', chunks that are there, their chain or '' } | { 'sealed', digest } it was complete already | { 'in_progress' }
--         somebody else uploads it | { 'memory_short' }
-- May run twice: the same token holds the upload.
local id, token = ARGV[1], ARGV[2]
local fields = {}
for i = 4, #ARGV do fields[#fields + 1] = ARGV[i] end
local begun = begin_upload(id, token, fields, ARGV[3] == '1')
if begun[1] == 'begun' then note_receiving(id, token) end
return begun
