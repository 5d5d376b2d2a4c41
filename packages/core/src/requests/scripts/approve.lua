-- Notes that a second person approves of a deletion; one that waits for it may be opened then. `who` is not to be the one who asked.
-- KEYS[1] the consumer's base
-- ARGV    request, who, reason or ''
-- Returns { 'approved' | 'asker' who asked approves | 'refused' its state, or its kind, does not allow it, its state before or '' }
-- May run twice: the same person's approval stands.
local key, who, reason = request_key(ARGV[1]), ARGV[2], ARGV[3]
local row = redis.call('HMGET', key, 'state', 'kind', 'keyName', 'requestedBy', 'approvedBy')
local state = row[1]
if state and row[5] == who then return { 'approved', state } end
if row[2] ~= 'deletion' or row[5] or (state ~= 'waiting' and state ~= 'accepted') then return { 'refused', state or '' } end
if row[3] == who or row[4] == who then return { 'asker', state } end
redis.call('HSET', key, 'state', 'accepted', 'approvedBy', who, 'approvedAt', now)
if reason ~= '' then redis.call('HSET', key, 'approvalReason', reason) end
note_kept_back(ARGV[1])
note_approved(ARGV[1])
return { 'approved', state }
