-- The salts of requests under evidence; one that has none gets the one that is offered.
-- KEYS[1] the consumer's base
-- ARGV    request, 32 random bytes, and so on: at most 50 requests
-- Returns a salt for each, or '' for a request that is not under evidence
-- May run twice: the salt that stands is the answer.
local salts = {}
for i = 1, #ARGV, 2 do
  local key = request_key(ARGV[i])
  if is_evidenced(ARGV[i]) then
    redis.call('HSETNX', key, 'salt', ARGV[i + 1])
    salts[#salts + 1] = redis.call('HGET', key, 'salt')
  else
    salts[#salts + 1] = ''
  end
end
return salts
