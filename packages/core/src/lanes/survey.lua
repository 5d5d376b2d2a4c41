-- What a crash or a person may have left half done, a slice at a time, for the reconciler.
-- KEYS[1] the consumer's base
-- ARGV    most entries of a sort, ms after which an unsealed upload is abandoned, ms a mirror entry is left to its own replica,
--         cursor into the open requests, cursor into the submitted batches, quota of deletions '<calls> <window ms>', of resubmissions,
--         since when every worker counts what it moves (ms), 0 while one does not
-- Returns { expired leases, finish entries, abandoned uploads, next cursor, open requests, next cursor, submitted batches,
--         next due in ms or -1, lanes with something to claim ('deletion', 'resubmission'), 1 when nothing at all is open,
--         ms until the job of a lost batch may be looked for or -1, ms until a walk may be taken up or -1,
--         ms until deleted sessions, or some that are to be deleted, are to be asked for or -1, legal holds that are being lifted }
-- Changes nothing but the figures (shared/figures.lua, figures/count-anew.lua, shared/approvals.lua): may run twice.
local function soonest(key)
  local first = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
  return first[2] and math.max(0, math.ceil(tonumber(first[2]) - now)) or -1
end
local function earlier(one, other) return (one < 0 or other >= 0 and other < one) and other or one end
local claimable = {}
for _, kind in ipairs({ 'deletion', 'resubmission' }) do
  local parts = { ready_key(kind, false), ready_key(kind, true) }
  for _, priority in ipairs(priorities) do
    parts[#parts + 1] = rotation_key(kind, false, priority)
    parts[#parts + 1] = rotation_key(kind, true, priority)
  end
  if redis.call('EXISTS', unpack(parts)) > 0 then claimable[#claimable + 1] = kind end
end
-- Most consumers are quiet most of the time: they cost five commands.
local parts = { open_key, leases_key, due_key, finish_key, base .. 'receiving', lost_key, base .. 'walks', verifications_key,
  lifting_key, opened_key('deletion'), opened_key('resubmission'), deadlines_key('deletion'), deadlines_key('resubmission') }
if #claimable == 0 and redis.call('EXISTS', unpack(parts)) == 0 then
  return { {}, {}, {}, '0', {}, '0', {}, -1, {}, 1, -1, -1, soonest(samples_key), {} }
end

local most = tonumber(ARGV[1])
local expired = redis.call('ZRANGEBYSCORE', leases_key, '-inf', now, 'LIMIT', 0, most)
local finish = redis.call('ZRANGEBYSCORE', finish_key, '-inf', now - tonumber(ARGV[3]), 'LIMIT', 0, most)
local abandoned = redis.call('ZRANGEBYSCORE', base .. 'receiving', '-inf', now - tonumber(ARGV[2]), 'LIMIT', 0, most)
local scanned = redis.call('SSCAN', open_key, ARGV[4], 'COUNT', most)
local polled = redis.call('ZSCAN', due_key, ARGV[5], 'COUNT', most)
local submitted = {}
for i = 1, #polled[2], 2 do submitted[#submitted + 1] = polled[2][i] end
count_anew(tonumber(ARGV[8]))
for _, id in ipairs(scanned[2]) do
  take_in(id)
  keep_deadline(id)
  local row = redis.call('HMGET', request_key(id), 'kind', 'state')
  if row[1] == 'deletion' and (row[2] == 'waiting' or row[2] == 'accepted') then note_kept_back(id) end
end
check_kept_back()
sample_figures({ deletion = ARGV[6], resubmission = ARGV[7] })
return { expired, finish, abandoned, scanned[1], scanned[2], polled[1], submitted, soonest(due_key), claimable, 0,
  soonest(lost_key), soonest(base .. 'walks'), earlier(soonest(verifications_key), earlier(soonest(samples_key), soonest(base .. 'unseen'))),
  redis.call('ZRANGE', lifting_key, 0, most - 1) }
