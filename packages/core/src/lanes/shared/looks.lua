-- Why the job of a lost attempt could be mistaken for another's now, or nil. `send`: how long after its beginning a call arrives at the
-- latest; `skew`: how far Learnosity's clock may be from Redis's, either way; `stray`: how long after its beginning an unanswered call
-- may still make a job. Jobs of this attempt are dated within `skew` of [begin, begin + send]; so are those of attempts that began
-- up to `stray` before, or until two skews after the last moment.
-- Returns 'late' (the look comes too long after) | 'early' (calls that matter may be under way) | 'incomplete' (not every call since
-- then was noted) | 'types' (jobs of the two kinds cannot be told apart) | 'others' (another attempt may have made what is found)
local function doubt_about(id, attempt, send, skew, stray)
  local begin = tonumber(redis.call('ZSCORE', attempts_key, id .. ':' .. attempt) or 0)
  if now - begin > stray then return 'late' end
  if now < begin + 2 * send + 2 * skew then return 'early' end
  local noted = redis.call('HMGET', quota_key, 'notedAt', 'notedSince')
  if not noted[1] or not noted[2] or tonumber(noted[2]) > begin - stray then return 'incomplete' end
  if not redis.call('ZSCORE', attempts_key, 'anchor') or not redis.call('ZSCORE', references_key, 'anchor') then
    redis.call('HSET', quota_key, 'notedSince', now)
    anchor_noted()
    return 'incomplete'
  end
  local own, other = redis.call('HGET', lane_key('resubmission', 'lane'), 'jobType'),
    redis.call('HGET', lane_key('deletion', 'lane'), 'jobType')
  if not own or not other or own == other then return 'types' end
  local near = redis.call('ZRANGEBYSCORE', attempts_key, begin - stray, begin + send + 2 * skew, 'LIMIT', 0, 2)
  if #near > 1 then return 'others' end
  return nil
end
