-- Notes up to which record the archive is durable, and takes those records out of Redis.
-- KEYS[1] the consumer's base
-- ARGV    token, number of the record
-- Returns 1 | 0 somebody else writes
-- May run twice.
if redis.call('GET', base .. 'evidence:lease') ~= ARGV[1] then return 0 end
redis.call('HSET', evidence_key, 'archived', math.max(tonumber(ARGV[2]), number_in(evidence_key, 'archived')))
redis.call('XTRIM', base .. 'journal', 'MINID', (tonumber(ARGV[2]) + 1) .. '-0')
return 1
