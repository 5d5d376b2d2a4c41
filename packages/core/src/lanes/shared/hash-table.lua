-- A hash table whose buckets are small Redis hashes, which Redis packs: the index of sessions and the tombstones lie in one each.
-- A table is { key, buckets, width, scatter }: bucket b is the hash '<key>:<b>', and `scatter` makes a whole number of a field that
-- nobody outside can choose. With every 48 entries a table gets one more bucket, which takes its half of an older one (linear
-- hashing). Who changes `buckets` writes it down.
local entries_per_bucket = 48
local fewest_per_bucket = 24

-- The first power of two above the number of buckets: addresses are taken modulo this, or half of it.
local function width_for(buckets)
  local width = 2
  while width <= buckets do width = width * 2 end
  return width
end

local function open_table(key, buckets, scatter)
  return { key = key, buckets = buckets, width = width_for(buckets), scatter = scatter }
end

local function bucket_key(table_of, bucket) return table_of.key .. ':' .. string.format('%d', bucket) end

-- The key of the bucket that a field belongs to.
local function bucket_for(table_of, field)
  local hash = table_of.scatter(field)
  local bucket = hash % table_of.width
  if bucket >= table_of.buckets then bucket = hash % (table_of.width / 2) end
  return bucket_key(table_of, bucket)
end

local function write_bucket(key, flat)
  for first = 1, #flat, 1000 do redis.call('HSET', key, unpack(flat, first, math.min(first + 999, #flat))) end
end

local function set_buckets(table_of, buckets)
  table_of.buckets = buckets
  table_of.width = width_for(buckets)
end

-- One more bucket, and what now belongs there. Both are written anew: a hash that had grown too large is packed again.
local function add_bucket(table_of)
  local added, width = table_of.buckets, table_of.width
  local parent = bucket_key(table_of, added - width / 2)
  local all, stay, go = redis.call('HGETALL', parent), {}, {}
  for i = 1, #all, 2 do
    local part = table_of.scatter(all[i]) % width == added and go or stay
    part[#part + 1] = all[i]
    part[#part + 1] = all[i + 1]
  end
  if #go > 0 then
    redis.call('UNLINK', parent)
    write_bucket(parent, stay)
    write_bucket(bucket_key(table_of, added), go)
  end
  set_buckets(table_of, added + 1)
end

-- Before entries are added, so that no bucket has to take more than it will keep.
local function make_room(table_of, entries)
  while table_of.buckets * entries_per_bucket < entries do add_bucket(table_of) end
end

-- The last bucket goes back into the one it was taken from.
local function merge_bucket(table_of)
  local last = table_of.buckets - 1
  local key = bucket_key(table_of, last)
  set_buckets(table_of, last)
  write_bucket(bucket_key(table_of, last - table_of.width / 2), redis.call('HGETALL', key))
  redis.call('UNLINK', key)
end

-- Merges up to `most` buckets of a table that has become too large for its entries; answers whether that is all.
local function shrink(table_of, entries, most)
  local merged = 0
  while table_of.buckets > 1 and entries < fewest_per_bucket * table_of.buckets and merged < most do
    merge_bucket(table_of)
    merged = merged + 1
  end
  return merged < most
end
