-- Appends one chunk of at most 1,000 items, leaving out what the request already has.
-- KEYS[1] the consumer's base
-- ARGV    request, token, chunk number, buckets, then for each item: fingerprint (16 bytes; '' for a packed UUID, which is its
--         own), packed id; or fingerprint, payload, size
-- Returns { 'appended', total, duplicates } so far | { 'lost' } another upload holds the request | { 'memory_short' }
-- May run twice: a chunk that was applied answers with the counts alone.
local id, token, chunk, buckets = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local key = request_key(id)
local row = redis.call('HMGET', key, 'state', 'token', 'chunks', 'total', 'duplicates', 'kind')
if row[1] ~= 'receiving' or row[2] ~= token then return { 'lost' } end
local applied, total, duplicates = tonumber(row[3]), tonumber(row[4]), tonumber(row[5])
if chunk < applied then return { 'appended', total, duplicates } end
if chunk > applied then return { 'lost' } end
if memory_short() then return { 'memory_short' } end

local bucket_base = key .. ':seen:' .. token .. ':'
local function is_new(fingerprint)
  local a, b, c, d = struct.unpack('>I4I4I4I4', fingerprint)
  local bucket = (a * 3 + b * 5 + c * 7 + d * 11) % buckets
  return redis.call('HSETNX', bucket_base .. string.format('%d', bucket), fingerprint, '') == 1
end

local items, payloads = {}, {}
if row[6] == 'deletion' then
  for i = 5, #ARGV, 2 do
    local fingerprint = ARGV[i] == '' and ARGV[i + 1] or ARGV[i]
    if is_new(fingerprint) then items[#items + 1] = ARGV[i + 1] else duplicates = duplicates + 1 end
  end
else
  for i = 5, #ARGV, 3 do
    if is_new(ARGV[i]) then
      local number = total + #items
      items[#items + 1] = number .. ':' .. ARGV[i + 2]
      payloads[#payloads + 1] = number
      payloads[#payloads + 1] = ARGV[i + 1]
    else
      duplicates = duplicates + 1
    end
  end
  if #payloads > 0 then redis.call('HSET', key .. ':payloads', unpack(payloads)) end
end
if #items > 0 then redis.call('RPUSH', key .. ':items', unpack(items)) end
total = total + #items
redis.call('HSET', key, 'chunks', chunk + 1, 'total', total, 'duplicates', duplicates, 'touchedAt', now)
redis.call('ZADD', receiving_key, now, token .. ' ' .. ARGV[4] .. ' ' .. id)
return { 'appended', total, duplicates }
