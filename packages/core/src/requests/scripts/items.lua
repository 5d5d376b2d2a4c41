-- How items lie in a request. A session id is an element of ':items', packed. Of a submission only '<number>:<size in the
-- form-encoded body>' lies there, so that no script moves megabytes; its text is in ':payloads' under the number.

-- Stores ARGV from `first` on, numbered after `offset`; returns how many.
local function store_items(id, offset, first)
  local key = request_key(id)
  local items, payloads = {}, {}
  if redis.call('HGET', key, 'kind') == 'deletion' then
    for i = first, #ARGV do items[#items + 1] = ARGV[i] end
  else
    for i = first, #ARGV, 2 do
      local number = offset + #items
      items[#items + 1] = number .. ':' .. ARGV[i + 1]
      payloads[#payloads + 1] = number
      payloads[#payloads + 1] = ARGV[i]
    end
    redis.call('HSET', key .. ':payloads', unpack(payloads))
  end
  redis.call('RPUSH', key .. ':items', unpack(items))
  return #items
end
