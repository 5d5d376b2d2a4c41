-- Puts records behind the head of the journal, and takes the events that they tell of out of the outbox, in one step: none is lost or doubled.
-- KEYS[1] the consumer's base
-- ARGV    token, number and hash of the head that they follow, hash of the last, '1' when that is a checkpoint, number of events, their
--         ids in the outbox, number of notes, for each its request, 'accepted' | 'ended' | 'verified', when that was (ms), number and hash
--         of its record, then the lines of the records; at most 1,000 of each
-- Returns 1 | 0 somebody else writes, or the head is another
-- May run twice: the head is the last of them already.
local token, sequence, hash, last = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
local events = tonumber(ARGV[6])
local first_note = 8 + events
local notes = tonumber(ARGV[first_note - 1])
local first_line = first_note + 5 * notes
local lines = #ARGV - first_line + 1
local standing = redis.call('HMGET', evidence_key, 'sequence', 'hash')
local at, of = tonumber(standing[1] or 0), standing[2] or string.rep('0', 64)
if at == sequence + lines and of == last then return 1 end
if redis.call('GET', base .. 'evidence:lease') ~= token or at ~= sequence or of ~= hash then return 0 end

for i = 1, lines do
  redis.call('XADD', base .. 'journal', (sequence + i) .. '-0', 'line', ARGV[first_line + i - 1])
end
redis.call('HSET', evidence_key, 'sequence', sequence + lines, 'hash', last)
if ARGV[5] == '1' then redis.call('HSET', evidence_key, 'signed', sequence + lines, 'signedAt', now) end
if events > 0 then redis.call('XDEL', base .. 'evidence:outbox', unpack(ARGV, 7, 6 + events)) end
for i = first_note, first_line - 1, 5 do
  local id, what = ARGV[i], ARGV[i + 1]
  local row = redis.call('HMGET', request_key(id), 'state', 'finishedAt')
  -- Of a request that has ended once more since, the record of its last end is the one.
  local is_standing = row[1] and (what ~= 'ended' or tonumber(row[2] or nil) == tonumber(ARGV[i + 2]))
  if is_standing then
    redis.call('HSET', request_key(id), what .. 'Record', ARGV[i + 3] .. ' ' .. ARGV[i + 4])
    if what ~= 'accepted' then redis.call('ZADD', base .. 'evidence:certificates', now, id) end
  end
end
return 1
