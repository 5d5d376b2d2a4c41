-- Notes that somebody is about to do something, before it is done.
-- KEYS[1] the stream
-- ARGV    about how many entries are kept, the entry's own id, then fields and values
-- Returns the entry's id in the stream
-- May run twice: the second finds the entry of the first among the latest ones, and adds none.
for _, entry in ipairs(redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 50)) do
  local fields = entry[2]
  for at = 1, #fields, 2 do
    if fields[at] == 'id' and fields[at + 1] == ARGV[2] then return entry[1] end
  end
end
return redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', 'id', ARGV[2], unpack(ARGV, 3))
