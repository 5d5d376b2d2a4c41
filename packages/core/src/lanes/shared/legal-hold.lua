-- Sessions that are never deleted. 'holds' zset: the legal holds, by when they were made. 'hold:<id>' hash: on what, why, who and when;
-- 'hold:<id>:sessions' set: its packed ids. 'held' hash: by packed id how many holds have it. A hold on a user or an activity is resolved
-- to sessions by a worker: 'holds:subjects' zset, by the moment as of which it is (0: never yet); while it walks its record has 'asOf', when that
-- began, and 'next', 'pages', 'shown' and 'pageAt', where it goes on and since when. 'holds:resolving' hash: what the
-- resolving waits for ('code', 'message', 'failures', 'dueAt'), and as of when it is wanted ('wantedAt'). A hold that is being lifted has 'removing'
-- and 'liftedAt', and stands in 'holds:lifting' (zset, by that moment) until all of its sessions are let go: then nothing of it is left.
local holds_key = base .. 'holds'
local held_key = base .. 'held'
local subjects_key = base .. 'holds:subjects'
local resolving_key = base .. 'holds:resolving'
local lifting_key = base .. 'holds:lifting'

local function hold_key(id) return base .. 'hold:' .. id end

-- It begins anew with its first page.
local function forget_walk(id) redis.call('HDEL', hold_key(id), 'asOf', 'next', 'pages', 'shown', 'pageAt') end

local function hold_sessions(id, packed)
  for _, session in ipairs(packed) do
    if redis.call('SADD', hold_key(id) .. ':sessions', session) == 1 then redis.call('HINCRBY', held_key, session, 1) end
  end
end

-- Tells the journal of evidence of a hold, by whom and why: on what kind of thing and how many sessions, and never which. How many those of a
-- user or an activity are nobody knows yet when it is made: a 0 would read as if it kept nothing.
local function note_hold(event, id, by, reason)
  if redis.call('HGET', evidence_key, 'on') ~= '1' then return end
  local on = redis.call('HGET', hold_key(id), 'on')
  local fields = { 'hold', id, 'on', on, 'by', by or '', 'reason', reason }
  if event == 'lifted' or on == 'sessions' then
    fields[#fields + 1] = 'sessions'
    fields[#fields + 1] = redis.call('SCARD', hold_key(id) .. ':sessions')
  end
  note_event(event, fields)
end

-- The moment as of which all holds on users and activities are resolved; nil when there are none.
local function resolved_until() return tonumber(redis.call('ZRANGE', subjects_key, 0, 0, 'WITHSCORES')[2] or nil) end

-- Nobody knows yet which sessions a new hold is on: no deletion begins until somebody does.
local function has_unresolved_hold() return resolved_until() == 0 end

-- In how many ms a deletion may be opened, as far as holds are concerned: each is to be resolved after the deletion was first to be opened.
local function unresolved_for(id)
  local until_then = resolved_until()
  if not until_then then return 0 end
  redis.call('HSETNX', request_key(id), 'resolveFrom', now)
  local from = number_in(request_key(id), 'resolveFrom')
  if until_then >= from then return 0 end
  if number_in(resolving_key, 'wantedAt') < from then redis.call('HSET', resolving_key, 'wantedAt', from) end
  wake('legal-hold')
  return 2000
end
