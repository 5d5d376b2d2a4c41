return redis.error_reply('BROKEN on purpose')
