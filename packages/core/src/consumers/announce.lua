-- A worker announces the consumers it knows, or renews that; refused when it clashes with a living worker.
-- KEYS[1] announcements: hash '<name>\t<worker>' -> '<identity>\t<until, ms>'
-- KEYS[2] names: set of every consumer that was ever announced
-- KEYS[3] settings of workers: hash of settings -> until when a worker with these stands, ms
-- KEYS[4] signs of workers: hash of worker -> '<seen, ms> <stands until, ms> <what it says of itself>'
-- KEYS[5] since when every worker counts what it moves (figures/count-anew.lua), ms, or 0 while one does not: string
-- ARGV    worker, ms it stands, its settings or '', what it says of itself or '', ms that one is remembered, then name, identity, ...
-- Returns {} | { 'one key', name, other name } two names with one key | { 'two keys', name, name } one name with two keys
-- May run twice: the same announcement again.
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
local worker, stands = ARGV[1], tonumber(ARGV[2])
local identity_of, name_of = {}, {}
for i = 6, #ARGV, 2 do
  identity_of[ARGV[i]] = ARGV[i + 1]
  name_of[ARGV[i + 1]] = ARGV[i]
end

-- Until when each worker that gave a sign stands: one without is of a version that counts nothing.
local stood, counting = {}, false
local signs = redis.call('HGETALL', KEYS[4])
for i = 1, #signs, 2 do
  stood[signs[i]] = tonumber(string.match(signs[i + 1], '^%d+ (%d+) ') or 0)
  counting = counting or stood[signs[i]] >= now
end

local all, uncounting = redis.call('HGETALL', KEYS[1]), false
for i = 1, #all, 2 do
  local name, other = string.match(all[i], '^(.-)\t(.*)$')
  local identity, standing = string.match(all[i + 1], '^(.-)\t(.*)$')
  if tonumber(standing) < now then
    redis.call('HDEL', KEYS[1], all[i])
  elseif other ~= worker then
    uncounting = uncounting or not stood[other]
    local twin = name_of[identity]
    if twin and twin ~= name then return { 'one key', twin, name } end
    if identity_of[name] and identity_of[name] ~= identity then return { 'two keys', name, name } end
  end
end
-- A few commands for all of them: an idle worker's announcements are most of what it costs.
local stands_until = string.format('%.0f', now + stands)
local fields, names = {}, {}
local function write()
  if #names == 0 then return end
  redis.call('HSET', KEYS[1], unpack(fields))
  redis.call('SADD', KEYS[2], unpack(names))
  fields, names = {}, {}
end
for name, identity in pairs(identity_of) do
  names[#names + 1] = name
  fields[#fields + 1] = name .. '\t' .. worker
  fields[#fields + 1] = identity .. '\t' .. stands_until
  if #names == 1000 then write() end
end
write()
if ARGV[4] ~= '' then
  local sign = string.format('%.0f ', now) .. stands_until .. ' ' .. ARGV[4]
  -- With each new worker those that died long ago are forgotten.
  if redis.call('HSET', KEYS[4], worker, sign) == 1 then
    for i = 1, #signs, 2 do
      if tonumber(string.match(signs[i + 1], '^%d+')) < now - tonumber(ARGV[5]) then redis.call('HDEL', KEYS[4], signs[i]) end
    end
  end
  -- While no worker that counts ran, who knows which others did.
  if uncounting then
    redis.call('SET', KEYS[5], 0)
  elseif not counting or tonumber(redis.call('GET', KEYS[5]) or 0) == 0 then
    redis.call('SET', KEYS[5], string.format('%.0f', now))
  end
end
if ARGV[3] ~= '' then redis.call('HSET', KEYS[3], ARGV[3], stands_until) end
return {}
