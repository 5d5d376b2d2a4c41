-- Whether Learnosity really shows no more of what was deleted. Only a session that was seen before can be verified; such a request has
-- counted `seen`: how many of its gone sessions were, and of these how many are `verified`, `stillThere` and `unasked` (Learnosity
-- never said). What is left of them waits. 'verification' is a hash: what workers are told to verify (`mode`, `afterMs`), counts ever, and when
-- sessions were last found `stillThereAt` and `reappearedAt`.
-- 'verifications' is a zset: closed batches with sessions to ask for, by when they are due (verification/scripts/pieces.lua).
local verification_key = base .. 'verification'
local verifications_key = base .. 'verifications'
local samples_key = base .. 'samples'

-- Whether some of its gone sessions are still to be asked for: until then its record stays.
local function waits_for_verification(id)
  local row = redis.call('HMGET', request_key(id), 'seen', 'verified', 'stillThere', 'unasked')
  return tonumber(row[1] or 0) > tonumber(row[2] or 0) + tonumber(row[3] or 0) + tonumber(row[4] or 0)
end
