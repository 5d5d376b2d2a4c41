-- Marks the sessions of a selection that one page of a value's walk showed, and keeps where that walk goes on.
-- KEYS[1] the consumer's base
-- ARGV    selection, token, the value's number, pages of its walk with this one, sessions shown by it with this one, cursor of the next
--         page, lease (ms), how long what is kept stays (ms), new sessions that are not in the selection, then the places of the others
-- Returns { 'recorded' } | { 'lost' } | { 'memory_short' }
-- May run twice: a page that is recorded is not recorded again.
local id, token, part, pages, lease = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[7])
local key = selection_key(id)
if not holds(id, token) then return { 'lost' } end
if tonumber(redis.call('HGET', key, 'part') or -1) ~= part then return { 'lost' } end
local standing = number_in(key, 'partPages')
if pages <= standing then return { 'recorded' } end
if pages > standing + 1 then return { 'lost' } end
if memory_short() then return { 'memory_short' } end
if standing == 0 then keep_marks(id) end
local count = tonumber(ARGV[9])
if #ARGV > 9 then
  local sets = {}
  for i = 10, #ARGV do
    for _, word in ipairs({ 'SET', 'u8', '#' .. ARGV[i], part + 1 }) do sets[#sets + 1] = word end
  end
  -- What this walk has shown before bears its mark already.
  for _, before in ipairs(redis.call('BITFIELD', key .. ':marks', unpack(sets))) do
    if before ~= part + 1 then count = count + 1 end
  end
  redis.call('PEXPIRE', key .. ':marks', ARGV[8])
end
redis.call('HINCRBY', key .. ':parts', part .. ':count', count)
redis.call('HINCRBY', key .. ':parts', 'pages', 1)
redis.call('PEXPIRE', key .. ':parts', ARGV[8])
redis.call('HSET', key, 'partPages', pages, 'partShown', ARGV[5], 'partNext', ARGV[6], 'failures', 0)
redis.call('HDEL', key, 'waitCode', 'waitMessage')
redis.call('ZADD', walks_key, now + lease, id)
return { 'recorded' }
