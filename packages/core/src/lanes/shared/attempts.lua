-- What makes a lost resubmission's job unmistakable. Of a lane whose key nobody else uses ('exclusive') every call is noted:
-- 'attempts' holds those that are under way or lost ('<batch>:<attempt>', by when they began), 'references' the jobs that answers
-- told of (by when). A job that is not among the references can then only be one of the attempts'. In 'quota', 'notedSince' says
-- since when both are complete, and 'notedAt' when a replica whose lane is exclusive last sent. Replicas without that setting note
-- as well for an hour from then on; the first that sends without noting takes both fields away, and so does whoever finds that
-- Redis may have lost something (shared/quota.lua).
local attempts_key = base .. 'attempts'
local references_key = base .. 'references'
local lost_key = base .. 'lost'
local keep_noted = 3600000
local renew_noted = 60000

-- Both sets show by this member that nobody has deleted them.
local function anchor_noted()
  redis.call('ZADD', attempts_key, '+inf', 'anchor')
  redis.call('ZADD', references_key, '+inf', 'anchor')
end

local function note(key, member)
  redis.call('ZADD', key, 'NX', now, member)
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - keep_noted)
  -- Longer than anything in it counts: a set that is missing while something counts was lost.
  redis.call('PEXPIRE', key, 2 * keep_noted)
end

-- Whether a call that begins now is to be noted; `noted_at` as it stands in 'quota'.
local function notes_calls(exclusive, noted_at)
  local at = tonumber(noted_at or 0)
  local is_recent = at > now - keep_noted
  if exclusive then
    if not noted_at then redis.call('HSET', quota_key, 'notedSince', now) end
    if not is_recent then anchor_noted() end
    if at < now - renew_noted then redis.call('HSET', quota_key, 'notedAt', now) end
  elseif noted_at and not is_recent then
    redis.call('HDEL', quota_key, 'notedAt', 'notedSince')
  end
  return exclusive or is_recent
end

local function note_attempt(id, attempt)
  note(attempts_key, id .. ':' .. attempt)
  redis.call('PEXPIRE', references_key, 2 * keep_noted)
end

local function note_reference(reference) note(references_key, reference) end

-- Its outcome is known now. One that is forgotten here is only taken for lost, which makes others less unmistakable.
local function forget_attempt(id, attempt) redis.call('ZREM', attempts_key, id .. ':' .. attempt) end
