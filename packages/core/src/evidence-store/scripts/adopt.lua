-- Goes on behind the head of the archive where Redis has lost its last moments: the archive is durable, and no two records may have one number.
-- KEYS[1] the consumer's base
-- ARGV    token, number of the head here, number and hash of the archive's head, which is later
-- Returns 1 | 0 somebody else writes, or the head is another
-- May run twice.
local here, there = tonumber(ARGV[2]), tonumber(ARGV[3])
if redis.call('GET', base .. 'evidence:lease') ~= ARGV[1] then return 0 end
local sequence = number_in(evidence_key, 'sequence')
if sequence == there and redis.call('HGET', evidence_key, 'hash') == ARGV[4] then return 1 end
if sequence ~= here or there <= here then return 0 end
redis.call('HSET', evidence_key, 'sequence', there, 'hash', ARGV[4], 'archived', there)
redis.call('DEL', base .. 'journal')
return 1
