-- Forgets an upload that nobody continues. What it had stored goes with it; a sealed request stays.
-- KEYS[1] the consumer's base
-- ARGV    request, token, ms it must have lain still (a resumable one a day, unless it is 0)
-- Returns 1 the upload is over: forgotten now, sealed, taken over by another or never there | 0 it goes on
-- May run twice.
local id, token = ARGV[1], ARGV[2]
local key = request_key(id)
local row = redis.call('HMGET', key, 'state', 'token', 'touchedAt', 'chain')
if row[1] == 'receiving' and row[2] == token then
  local still, wanted = now - tonumber(row[3]), tonumber(ARGV[3])
  if row[4] and wanted > 0 and still < math.max(wanted, resumable_for) then
    -- Behind the others: a look takes the oldest ones.
    note_receiving(id, token)
    return 0
  end
  if still < wanted then return 0 end
  redis.call('UNLINK', key, key .. ':items', key .. ':payloads')
end
forget_receiving(id, token)
return 1
