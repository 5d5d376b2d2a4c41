-- Puts what became of an action in the place of the entry that announced it.
-- KEYS[1] the stream
-- ARGV    about how many entries are kept, the announcing entry's id in the stream, then fields and values
-- Returns the new entry's id in the stream | '' there is no such entry (any more)
-- May run twice: the second finds no announcement, and adds nothing.
if redis.call('XDEL', KEYS[1], ARGV[2]) == 0 then return '' end
return redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', unpack(ARGV, 3))
