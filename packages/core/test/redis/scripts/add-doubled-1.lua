-- KEYS: counter. ARGV: n. Returns the counter after 2n was added.
return redis.call('INCRBY', KEYS[1], double(tonumber(ARGV[1])))
