-- Takes up the hold on a user or an activity whose sessions are to be found, the one that was resolved longest ago.
-- KEYS[1] the consumer's base
-- ARGV    token of who takes it, lease (ms), ms for which a walk may be gone on with
-- Returns { 'hold', hold, the moment as of which it will be resolved (when its walk began), failures, its record, with `next` where it goes on } | { 'empty', ms until one may be taken up, or -1 }
-- May run twice: the second finds it leased, and it comes due again.
local first = redis.call('ZRANGE', subjects_key, 0, 0, 'WITHSCORES')
if not first[1] then return { 'empty', -1 } end
local id, resolved = first[1], tonumber(first[2])
local row = redis.call('HMGET', resolving_key, 'wantedAt', 'dueAt', 'failures')
if resolved > 0 and resolved >= tonumber(row[1] or 0) then return { 'empty', -1 } end
local due = tonumber(row[2] or 0)
if due > now then return { 'empty', math.ceil(due - now) } end
redis.call('HSET', resolving_key, 'dueAt', now + tonumber(ARGV[2]))
local key = hold_key(id)
-- Nobody says for how long a cursor leads on, and one that leads to nothing would let sessions go.
if number_in(key, 'pageAt') + tonumber(ARGV[3]) < now then
  forget_walk(id)
  redis.call('HSET', key, 'asOf', now)
end
redis.call('HSET', key, 'token', ARGV[1])
return { 'hold', id, redis.call('HGET', key, 'asOf'), row[3] or '0', redis.call('HGETALL', key) }
