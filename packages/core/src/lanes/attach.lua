-- Gives a lost batch the job that was found for it, if it is unmistakable still: from here on it is followed as any other, and never
-- sent again (invariant 5).
-- KEYS[1] the consumer's base
-- ARGV    batch, attempt, look, reference, ms until the first poll, send, skew, stray (ms; shared/looks.lua)
-- Returns 1 | 0 another look has it, it is lost no more, or the job could be another's
-- May run twice: the reference that stands is the answer.
local id, attempt, look, reference = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local key = batch_key(id)
local row = redis.call('HMGET', key, 'state', 'attempts', 'kind', 'look', 'reference')
if row[1] == 'submitted' and row[5] == reference then return 1 end
if row[1] ~= 'lost' or row[2] ~= attempt or row[4] ~= look then return 0 end
-- Another Redis than the one that let it be looked for: its copy may lack what was noted last.
if string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') ~= redis.call('HGET', quota_key, 'run:jobs') then return 0 end
if doubt_about(id, attempt, tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])) then return 0 end
if redis.call('ZSCORE', references_key, reference) then return 0 end
redis.call('ZREM', lost_key, id)
redis.call('HDEL', key, 'look')
redis.call('HSET', key, 'state', 'submitted', 'reference', reference, 'submittedAt', now, 'reattached', now)
redis.call('ZADD', due_key, now + tonumber(ARGV[5]), id)
for _, share in ipairs(shares_of(id)) do move_items(share[1], 'claimed', 'submitted', share[2]) end
note_moves(row[3])
note_reference(reference)
forget_attempt(id, attempt)
redis.call('HINCRBY', lane_key(row[3], 'lane'), 'successes', 1)
return 1
