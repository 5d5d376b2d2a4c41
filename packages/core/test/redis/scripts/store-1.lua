-- KEYS: where. ARGV: bytes. Returns {bytes as stored, number of them}.
redis.call('SET', KEYS[1], ARGV[1])
return { redis.call('GET', KEYS[1]), #ARGV[1] }
