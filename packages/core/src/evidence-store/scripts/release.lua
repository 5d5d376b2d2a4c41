-- Lets go of the right to write a consumer's journal.
-- KEYS[1] the consumer's base
-- ARGV    token
-- May run twice.
local lease = base .. 'evidence:lease'
if redis.call('GET', lease) == ARGV[1] then redis.call('DEL', lease) end
return 1
