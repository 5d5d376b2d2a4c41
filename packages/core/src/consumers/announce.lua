-- A worker announces the consumers it knows, or renews that; refused when it clashes with a living worker.
-- KEYS[1] announcements: hash '<name>\t<worker>' -> '<identity>\t<until, ms>'
-- KEYS[2] names: set of every consumer that was ever announced
-- ARGV    worker, ms it stands, then name, identity, ...
-- Returns {} | { 'one key', name, other name } two names with one key | { 'two keys', name, name } one name with two keys
-- May run twice: the same announcement again.
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
local worker, stands = ARGV[1], tonumber(ARGV[2])
local own = {}
for i = 3, #ARGV, 2 do own[#own + 1] = { ARGV[i], ARGV[i + 1] } end

local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local name, other = string.match(all[i], '^(.-)\t(.*)$')
  local identity, standing = string.match(all[i + 1], '^(.-)\t(.*)$')
  if tonumber(standing) < now then
    redis.call('HDEL', KEYS[1], all[i])
  elseif other ~= worker then
    for _, mine in ipairs(own) do
      if mine[1] ~= name and mine[2] == identity then return { 'one key', mine[1], name } end
      if mine[1] == name and mine[2] ~= identity then return { 'two keys', name, name } end
    end
  end
end
for _, mine in ipairs(own) do
  redis.call('HSET', KEYS[1], mine[1] .. '\t' .. worker, mine[2] .. '\t' .. string.format('%.0f', now + stands))
  redis.call('SADD', KEYS[2], mine[1])
end
return {}
