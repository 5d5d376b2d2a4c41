-- How items lie in a request. A session id is an element of ':items', packed. Of a submission only '<number>:<size in the
-- form-encoded body>' lies there, so that no script moves megabytes; its text is in ':payloads' under the number.
--
-- Stores what stands in ARGV from `first` on, numbered after `offset`; returns the items as they lie. Session ids come as one text, each
-- behind its length in two bytes: a thousand arguments cost Redis more than they hold. A submission comes as text and size.
local function store_items(key, kind, offset, first)
  local items = {}
  if kind == 'deletion' then
    local packed, at = ARGV[first], 1
    while at <= #packed do
      items[#items + 1], at = struct.unpack('>I2c0', packed, at)
    end
  else
    local payloads = {}
    for i = first, #ARGV, 2 do
      local number = offset + #items
      items[#items + 1] = number .. ':' .. ARGV[i + 1]
      payloads[#payloads + 1] = number
      payloads[#payloads + 1] = ARGV[i]
    end
    if #payloads > 0 then redis.call('HSET', key .. ':payloads', unpack(payloads)) end
  end
  if #items > 0 then redis.call('RPUSH', key .. ':items', unpack(items)) end
  return items
end
