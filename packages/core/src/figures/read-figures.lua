-- How a consumer's lanes stand.
-- KEYS[1] the consumer's base
-- ARGV    none
-- Returns { now (ms), figures as fields and values, those of today or {}, of deletions { open, the oldest, since when (ms), slots taken, in
--         rotation, at risk, behind their deadline, earliest deadline (ms) or 0, waiting for an approval, since when the first of them was
--         asked for (ms) or 0, in their hold window },
--         of resubmissions the same }
-- Reads only: may run twice.
local today = redis.call('HGETALL', today_key)
if redis.call('HGET', today_key, 'day') ~= string.format('%d', math.floor(now / 86400000)) then today = {} end
local function lane(kind)
  local opened = opened_key(kind)
  local oldest = redis.call('ZRANGE', opened, 0, 0, 'WITHSCORES')
  local taken = redis.call('ZCOUNT', slots_key(kind), now, '(+inf')
  local in_rotation = 0
  for _, priority in ipairs(priorities) do
    in_rotation = in_rotation + redis.call('ZCARD', rotation_key(kind, false, priority))
    in_rotation = in_rotation + redis.call('ZCARD', rotation_key(kind, true, priority))
  end
  local missed = redis.call('ZCOUNT', deadlines_key(kind), '-inf', now)
  -- What has missed its deadline is no longer at risk of it, and may not have been judged since.
  local at_risk = math.max(0, redis.call('ZCARD', at_risk_key(kind)) - missed)
  local earliest = redis.call('ZRANGE', deadlines_key(kind), 0, 0, 'WITHSCORES')
  local figures = { redis.call('ZCARD', opened), oldest[1] or '', oldest[2] or '0', taken, in_rotation, at_risk, missed, earliest[2] or '0' }
  if kind ~= 'deletion' then return figures end
  local unapproved = redis.call('ZRANGE', unapproved_key, 0, 0, 'WITHSCORES')
  figures[9], figures[10] = redis.call('ZCARD', unapproved_key), unapproved[2] or '0'
  figures[11] = redis.call('ZCOUNT', in_window_key, '(' .. string.format('%.0f', now), '+inf')
  return figures
end
return { now, redis.call('HGETALL', figures_key), today, lane('deletion'), lane('resubmission') }
