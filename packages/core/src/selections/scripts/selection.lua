-- Shared by the scripts of a selection: what sessions of a consumer a filter selects, found page by page.
-- 'selection:<id>' hash: the filter, who and why, its state ('walking', 'ready', 'failed', 'cancelled'), where the walk is.
-- 'selection:<id>:items' list: the packed ids found, each once. 'selection:<id>:metadata' list, on wish: of each page its sessions'
-- metadata, packed; 'kept' in the hash counts those sessions. Of one with a breakdown 'part' in the hash is the number of the value that is
-- walked, once its own walk is over; 'selection:<id>:marks' string: a byte for each session, the last value's number + 1 that showed it;
-- 'selection:<id>:marks-before': the same as of before the walk of the present value, once that has a page; 'selection:<id>:parts' hash: what the walks of the values have come to. 'walks' zset: those that walk, by when somebody may take them up.
-- 'selections' zset: all, by when they were asked for.
local walks_key = base .. 'walks'
local selections_key = base .. 'selections'

local function selection_key(id) return base .. 'selection:' .. id end

-- Whether this walker still has the walk.
local function holds(id, token)
  local row = redis.call('HMGET', selection_key(id), 'state', 'token')
  return row[1] == 'walking' and row[2] == token
end

-- Before the first page of a value.
local function keep_marks(id)
  local marks = selection_key(id) .. ':marks'
  local before = marks .. '-before'
  if redis.call('COPY', marks, before, 'REPLACE') == 0 then redis.call('UNLINK', before) end
end

-- As if the value had shown nothing.
local function restore_marks(id)
  local marks = selection_key(id) .. ':marks'
  local before = marks .. '-before'
  if redis.call('EXISTS', before) == 1 then redis.call('RENAME', before, marks) else redis.call('UNLINK', marks) end
end

local function end_selection(id, state, retention)
  local key = selection_key(id)
  redis.call('HSET', key, 'state', state, 'finishedAt', now)
  redis.call('HDEL', key, 'token', 'next', 'partPages', 'partShown', 'partNext', 'waitCode', 'waitMessage')
  redis.call('ZREM', walks_key, id)
  redis.call('PEXPIRE', key, retention)
  redis.call('PEXPIRE', key .. ':items', retention)
  redis.call('PEXPIRE', key .. ':parts', retention)
  redis.call('UNLINK', key .. ':marks', key .. ':marks-before')
  -- Large, and of use only beside what may be deleted.
  if state == 'ready' then redis.call('PEXPIRE', key .. ':metadata', retention) else redis.call('UNLINK', key .. ':metadata') end
end
