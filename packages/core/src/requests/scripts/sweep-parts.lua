-- Goes through a consumer's requests, a slice at a time: the parts of a record live as long as the record itself. Whoever ended or reopened a request
-- in a version that does not know a part has left its expiry as it was; what aged out has left such a part behind. Then it rests.
-- KEYS[1] the consumer's base
-- ARGV    records of a slice, rest (ms)
-- Returns ms until the next slice; -1 when there are no requests
-- May run twice: it goes on where it stands ('cursor', 'restUntil' of `parts`).
local swept = base .. 'parts'
local listed = base .. 'requests'
local row = redis.call('HMGET', swept, 'restUntil', 'cursor')
if redis.call('EXISTS', listed) == 0 then
  redis.call('DEL', swept)
  return -1
end
if tonumber(row[1] or 0) > now then return tonumber(row[1]) - now end

-- ms that are left to a record: -1 for ever, -2 it is gone.
local function follow_record(id)
  local left = redis.call('PTTL', request_key(id))
  if left == -2 then return forget_request(listed, id) end
  for _, part in ipairs(request_parts) do
    local key = request_key(id) .. part
    if left == -1 then
      redis.call('PERSIST', key)
    elseif redis.call('PTTL', key) == -1 then
      redis.call('PEXPIRE', key, left)
    end
  end
end

local scanned = redis.call('ZSCAN', listed, row[2] or '0', 'COUNT', ARGV[1])
for i = 1, #scanned[2], 2 do follow_record(scanned[2][i]) end
if scanned[1] ~= '0' then
  redis.call('HSET', swept, 'cursor', scanned[1])
  return 0
end
redis.call('DEL', swept)
redis.call('HSET', swept, 'restUntil', now + tonumber(ARGV[2]))
return tonumber(ARGV[2])
