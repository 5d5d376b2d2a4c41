-- Shared by every script of a consumer. KEYS[1] is the consumer's key base, '<prefix>:{<consumer>}:'; every other key
-- is made from it and so lies in the same cluster slot. Time is Redis's own, in milliseconds (invariant 3 needs one clock).
local base = KEYS[1]
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
-- Slots are held to the microsecond: whole milliseconds would free one up to a millisecond early, or late.
local exact = tonumber(clock[1]) * 1000 + tonumber(clock[2]) / 1000

local function request_key(id) return base .. 'request:' .. id end
local function batch_key(id) return base .. 'batch:' .. id end
local function lane_key(kind, part) return base .. kind .. ':' .. part end

local function number_in(key, field) return tonumber(redis.call('HGET', key, field) or 0) end

-- Tells the pumps of every replica that a lane has something to claim.
local function wake(kind)
  redis.call('PUBLISH', string.match(base, '^(.*):{') .. ':wake', kind .. ' ' .. string.match(base, '{(.*)}'))
end
