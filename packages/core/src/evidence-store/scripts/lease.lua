-- Takes or renews the right to write a consumer's journal where there is something to do, and says how it stands.
-- KEYS[1] the consumer's base
-- ARGV    token, lease (ms), '1' when there is an archive
-- Returns { 'idle' } nothing waits: the lease is let go | { 'other', ms until it may be free } | { 'mine', the fields of `evidence`... }
-- May run twice: the token holds it.
local lease = base .. 'evidence:lease'
local holder = redis.call('GET', lease)
if holder and holder ~= ARGV[1] then return { 'other', math.max(1, redis.call('PTTL', lease)) } end
local row = redis.call('HMGET', evidence_key, 'sequence', 'signed', 'archived')
local sequence = tonumber(row[1] or 0)
local is_done = tonumber(row[2] or 0) == sequence and (ARGV[3] ~= '1' or tonumber(row[3] or 0) >= sequence)
if is_done and redis.call('XLEN', base .. 'evidence:outbox') + redis.call('ZCARD', base .. 'evidence:certificates') == 0 then
  if holder then redis.call('DEL', lease) end
  return { 'idle' }
end
redis.call('SET', lease, ARGV[1], 'PX', ARGV[2])
-- Whether what lies here waits to be written out: the oldest record's age is a fault then.
if ARGV[3] == '1' then redis.call('HSET', evidence_key, 'toArchive', '1') end
return { 'mine', unpack(redis.call('HGETALL', evidence_key)) }
