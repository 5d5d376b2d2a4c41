-- Joined before scripts that need it.
local function double(n)
  return n * 2
end
