-- Frees the slot of a page.
-- KEYS[1] the consumer's base
-- ARGV    slot, how it is freed, its ms, window, '1' when the answer was 429
-- May run twice: the same moment again, a little later.
local window = tonumber(ARGV[4])
release_slot('metadata', ARGV[1], ARGV[2], tonumber(ARGV[3]), window)
if ARGV[5] == '1' then block_endpoint('metadata', now + window) end
return 1
