"""What runs inside Valkey: the same counting, all or nothing in one script.

A minute is a hash: the newest second, the sum, and a count for each second, as in
`policy.limit.Window`. Places are a sorted set of tickets by the moment at which each lapses unless
its owner renews it. A mark stands from a reservation until it is settled, so that either of them,
brought again by one who had no answer, changes nothing. All keys share one hash tag, so that a
cluster keeps them together.

Time is the server's, in microseconds, unless an argument gives it (a test's own clock).
"""

COMMON = """
local SPAN = 61
local function clock(given)
  if given ~= '' then return tonumber(given) end
  local t = redis.call('TIME')
  return tonumber(t[1]) * 1000000 + tonumber(t[2])
end
local function number(key, field) return tonumber(redis.call('HGET', key, field) or '0') end
local function forward(key, second)
  local newest = number(key, 'n')
  local passed = second - newest
  if passed <= 0 then return newest, number(key, 'u') end
  local used = 0
  if passed >= SPAN then
    redis.call('DEL', key)
  else
    used = number(key, 'u')
    for at = newest + 1, second do
      local slot = tostring(at % SPAN)
      local old = number(key, slot)
      if old ~= 0 then
        used = used - old
        redis.call('HDEL', key, slot)
      end
    end
  end
  redis.call('HSET', key, 'n', second, 'u', used)
  return second, used
end
local function wait(key, newest, needed, now)
  local freed = 0
  for age = SPAN - 1, 0, -1 do
    freed = freed + number(key, tostring((newest - age) % SPAN))
    if freed >= needed then
      return math.max(0, (newest - age + SPAN) * 1000000 - now)
    end
  end
  return SPAN * 1000000
end
"""

RESERVE = (
    COMMON
    + """
-- KEYS: one a want, the mark. ARGV: clock, ticket, lease in us; then of each want its kind,
-- amount, limit and period
local now = clock(ARGV[1])
local second = math.floor(now / 1000000)
local used, newest = {}, {}
for i = 1, #KEYS - 1 do
  local key, base = KEYS[i], 3 + (i - 1) * 4
  local kind, amount = ARGV[base + 1], tonumber(ARGV[base + 2])
  local limit, period = tonumber(ARGV[base + 3]), tonumber(ARGV[base + 4])
  local after = 0
  if kind == 'parallel' then
    redis.call('ZREMRANGEBYSCORE', key, '-inf', '(' .. string.format('%.0f', now))
    used[i] = redis.call('ZCARD', key)
  elseif kind == 'money' then
    if period > number(key, 'p') then redis.call('HSET', key, 'p', period, 's', 0) end
    used[i] = number(key, 's')
  else
    newest[i], used[i] = forward(key, second)
    if amount <= limit and used[i] + amount > limit then
      after = wait(key, newest[i], used[i] + amount - limit, now)
    end
  end
  if used[i] + amount > limit then
    return {0, i - 1, string.format('%.0f', used[i]), string.format('%.0f', after)}
  end
end
redis.call('SET', KEYS[#KEYS], 1, 'PX', 7200000)
local answer = {1, string.format('%.0f', second)}
for i = 1, #KEYS - 1 do
  local key, base = KEYS[i], 3 + (i - 1) * 4
  local kind, amount = ARGV[base + 1], tonumber(ARGV[base + 2])
  if kind == 'parallel' then
    local lapse = string.format('%.0f', now + tonumber(ARGV[3]))
    for place = 1, amount do
      redis.call('ZADD', key, lapse, ARGV[2] .. '/' .. place)
    end
    redis.call('PEXPIRE', key, 3600000)
  elseif kind == 'money' then
    redis.call('HINCRBY', key, 's', ARGV[base + 2])
    redis.call('PEXPIRE', key, 3456000000)
  else
    redis.call('HINCRBY', key, tostring(newest[i] % SPAN), ARGV[base + 2])
    redis.call('HINCRBY', key, 'u', ARGV[base + 2])
    redis.call('PEXPIRE', key, 122000)
  end
  answer[i + 2] = string.format('%.0f', used[i] + amount)
end
return answer
"""
)

SETTLE = (
    COMMON
    + """
-- KEYS: one a want, the mark. ARGV: clock, ticket, second; then of each want its kind, amount,
-- period and what was used
local now = clock(ARGV[1])
if redis.call('DEL', KEYS[#KEYS]) == 0 then return 0 end
local second, given = math.floor(now / 1000000), tonumber(ARGV[3])
for i = 1, #KEYS - 1 do
  local key, base = KEYS[i], 3 + (i - 1) * 4
  local kind, amount = ARGV[base + 1], tonumber(ARGV[base + 2])
  local period, actual = tonumber(ARGV[base + 3]), tonumber(ARGV[base + 4])
  local more = actual - amount
  if kind == 'parallel' then
    for place = 1, amount do redis.call('ZREM', key, ARGV[2] .. '/' .. place) end
  elseif kind == 'money' then
    if number(key, 'p') == period and more ~= 0 then
      redis.call('HINCRBY', key, 's', string.format('%.0f', more))
    end
  elseif more ~= 0 then
    local newest = forward(key, second)
    local at = tostring(newest % SPAN)
    if more < 0 then
      at = tostring(given % SPAN)
      more = newest - given < SPAN and -math.min(-more, number(key, at)) or 0
    end
    if more ~= 0 then
      redis.call('HINCRBY', key, at, string.format('%.0f', more))
      redis.call('HINCRBY', key, 'u', string.format('%.0f', more))
      redis.call('PEXPIRE', key, 122000)
    end
  end
end
return 1
"""
)

RENEW = (
    COMMON
    + """
-- KEYS: the life of who asks, then in pairs a set of places and a mark. ARGV: clock, lease in us,
-- 'put' or 'keep', then of each pair the ticket and how many places
-- Only what has its mark is kept: a settlement that came first has taken it. What is put was let
-- in without this server, or was lost here: where the life is not known, as the answer says.
local now = clock(ARGV[1])
local lapse = string.format('%.0f', now + tonumber(ARGV[2]))
if ARGV[3] == 'put' then redis.call('SET', KEYS[1], 1) end
local known = redis.call('PEXPIRE', KEYS[1], 3600000)
for i = 2, #KEYS, 2 do
  if ARGV[3] == 'put' then redis.call('SET', KEYS[i + 1], 1) end
  if redis.call('PEXPIRE', KEYS[i + 1], 7200000) == 1 then
    for place = 1, tonumber(ARGV[i + 3]) do
      redis.call('ZADD', KEYS[i], lapse, ARGV[i + 2] .. '/' .. place)
    end
    redis.call('PEXPIRE', KEYS[i], 3600000)
  end
end
return known
"""
)

CHARGE = (
    COMMON
    + """
-- KEYS: one a limit, the mark. ARGV: clock; then of each limit its kind, how many entries it has,
-- and of each entry its age in seconds, or of money its period, and the amount
-- What was let in without this server is counted whatever the limits are. The mark stays: once.
-- Less than was counted is taken from its second or one beside it: seconds begin elsewhere there.
local function count(key, slot, more)
  redis.call('HINCRBY', key, slot, string.format('%.0f', more))
  redis.call('HINCRBY', key, 'u', string.format('%.0f', more))
  redis.call('PEXPIRE', key, 122000)
end
local second = math.floor(clock(ARGV[1]) / 1000000)
local fresh = redis.call('SET', KEYS[#KEYS], 1, 'NX', 'PX', 7200000)
local at, answer = 2, {}
for i = 1, #KEYS - 1 do
  local key, kind, entries = KEYS[i], ARGV[at], tonumber(ARGV[at + 1])
  at = at + 2
  local newest = 0
  if kind ~= 'money' then newest = forward(key, second) end
  for entry = 1, entries do
    local when, more = tonumber(ARGV[at]), tonumber(ARGV[at + 1])
    at = at + 2
    if not fresh then
      more = 0
    elseif kind == 'money' then
      if when > number(key, 'p') then redis.call('HSET', key, 'p', when, 's', 0) end
      if when == number(key, 'p') then
        redis.call('HINCRBY', key, 's', string.format('%.0f', more))
        redis.call('PEXPIRE', key, 3456000000)
      end
    elseif more > 0 and when < SPAN then
      count(key, tostring((newest - when) % SPAN), more)
    else
      for _, age in ipairs({when, when + 1, when - 1}) do
        local slot = tostring((newest - age) % SPAN)
        local less = age >= 0 and age < SPAN and math.min(-more, number(key, slot)) or 0
        if less > 0 then
          count(key, slot, -less)
          more = more + less
        end
      end
    end
  end
  answer[i] = string.format('%.0f', number(key, kind == 'money' and 's' or 'u'))
end
return answer
"""
)
