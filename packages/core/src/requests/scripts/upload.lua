-- Shared by the scripts of an upload. A request is 'receiving' until its seal; one upload (its token) holds it at a time,
-- and whoever comes back after the lease takes over from the start. A resumable one keeps its 'chain' (chunks.ts) beside the number
-- of its chunks: who comes back goes on behind them, and at once where it was 'paused'.
local receiving_key = base .. 'receiving'
-- As long as the lease of an Idempotency-Key: a cut upload over HTTP waits for both at once.
local upload_lease = 10000
local resumable_for = 24 * 3600 * 1000

local function note_receiving(id, token) redis.call('ZADD', receiving_key, now, token .. ' ' .. id) end
local function forget_receiving(id, token) redis.call('ZREM', receiving_key, token .. ' ' .. id) end

-- Over 80 % of maxmemory nothing new comes in, so that what is there can go out (invariant 12).
local function memory_short()
  local memory = redis.call('INFO', 'memory')
  local most = tonumber(string.match(memory, 'maxmemory:(%d+)'))
  return most > 0 and tonumber(string.match(memory, 'used_memory:(%d+)')) > 0.8 * most
end

-- 'begun' with the chunks that are there and their chain | 'in_progress' | 'sealed' with its digest | 'memory_short'
local function begin_upload(id, token, fields, resumable)
  local key = request_key(id)
  local row = redis.call('HMGET', key, 'state', 'token', 'touchedAt', 'digest', 'error', 'paused', 'chain', 'chunks')
  -- A plain job that was refused left only its reason: the same id may be used for what is right.
  if row[5] then row = {} end
  if row[1] and row[1] ~= 'receiving' then return { 'sealed', row[4] } end
  if row[1] and row[2] == token then return { 'begun', row[8], row[7] or '' } end
  if row[1] and not row[6] and now - tonumber(row[3]) < upload_lease then return { 'in_progress' } end
  if memory_short() then return { 'memory_short' } end
  if row[2] then forget_receiving(id, row[2]) end
  if resumable and row[7] then
    redis.call('HSET', key, 'token', token, 'touchedAt', now)
    redis.call('HDEL', key, 'paused')
    return { 'begun', row[8], row[7] }
  end
  redis.call('UNLINK', key, key .. ':items', key .. ':payloads')
  -- A count that is not there is 0: what only waits costs 90 bytes less.
  redis.call('HSET', key, 'state', 'receiving', 'token', token, 'touchedAt', now, 'createdAt', now, 'chunks', 0, 'total', 0,
    'duplicates', 0, unpack(fields))
  if resumable then redis.call('HSET', key, 'chain', '') end
  return { 'begun', 0, '' }
end

-- Fixes count and digest; from here on the request is durable (invariant 1) and finishes. A deletion that waits for an approval does so at
-- once, and one with a hold window says when it starts: who asked is told, and need not look again.
local function seal_upload(id, digest, total, duplicates)
  local key = request_key(id)
  redis.call('HSET', key, 'state', 'accepted', 'digest', digest, 'total', total, 'pending', total, 'duplicates', duplicates,
    'counted', current_count())
  redis.call('HDEL', key, 'token', 'touchedAt', 'chunks', 'chain', 'paused')
  redis.call('SADD', open_key, id)
  local row = redis.call('HMGET', key, 'kind', 'createdAt')
  redis.call('ZADD', opened_key(row[1]), row[2], id)
  begin_deadline(id, row[1])
  local kept = row[1] == 'deletion' and kept_back(id, noted_guards())
  if kept == 'approval' then keep_back(id, kept) end
  count_move('pending', total)
  note_moves(row[1])
  list_request(id, row[2])
  note_sealed(id)
  return { 'sealed', digest }
end
