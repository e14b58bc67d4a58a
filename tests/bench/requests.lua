-- Requests for tools/bench: wrk -s requests.lua URL -- KIND PREFIX ITEMS KEY. Every body is new, every Idempotency-Key too.
local kind, prefix, items, count, api_key = "atp", "0", 100000, 0, ""
local made, tower, lines = {}, {}, {}

local function headers(more)
  more["Content-Type"], more["X-Api-Key"] = "application/json", api_key
  return more
end

function init(args)
  kind, prefix, items, api_key = args[1] or kind, args[2] or prefix, tonumber(args[3] or items), args[4] or ""
  math.randomseed(tonumber((prefix:gsub("%D", ""):sub(-9))) or 1)
  if kind == "atp" then
    for i = 1, 1000 do
      local asked = {}
      for line = 1, 3 do asked[line] = string.format('{"sku":"I-%d","quantity":"%d"}', math.random(items), math.random(20)) end
      made[i] = wrk.format("POST", "/v1/availability/check", headers({}), '{"lines":[' .. table.concat(asked, ",") .. "]}")
    end
  elseif kind == "order" then
    for i = 1, 4096 do
      local five = {}
      for line = 1, 5 do
        five[line] = string.format('{"line":%d,"sku":"I-%d","quantity":"1","unit_price":"1","location":"L-%d"}', line, math.random(items),
                                   1 + i % 4)
      end
      lines[i] = table.concat(five, ",")
    end
  elseif kind == "zipf" then
    local sum = 0
    for i = 1, items do sum = sum + 1 / i ^ 1.1; tower[i] = sum end
  end
end

local function zipf()
  local at, low, high = math.random() * tower[items], 1, items
  while low < high do
    local middle = math.floor((low + high) / 2)
    if tower[middle] < at then low = middle + 1 else high = middle end
  end
  return low
end

local function key() return headers({["Idempotency-Key"] = prefix .. "-" .. count}) end

local function order()
  return wrk.format("POST", "/v1/orders", key(), string.format(
    '{"source":"bench","order_number":"%s-%d","customer":"C-%d","currency":"USD","lines":[%s]}', prefix, count, math.random(1000),
    lines[math.random(4096)]))
end

local function reservation(sku)
  return wrk.format("POST", "/v1/reservations", key(), string.format(
    '{"reference":"b","ttl_seconds":3600,"policy":"all_or_nothing","lines":[{"sku":"%s","quantity":"1","location":"L-1"}]}', sku))
end

function request()
  count = count + 1
  if kind == "atp" then return made[1 + count % 1000] end
  if kind == "order" then return order() end
  if kind == "hot" then return reservation("I-1") end
  if kind == "uniform" then return reservation("I-" .. math.random(items)) end
  if kind == "scarce" then return reservation("S-" .. math.random(items)) end
  return reservation("I-" .. zipf())
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("BENCH %d %d %d %d %d\n", summary.requests, summary.duration,
                         errors.status + errors.connect + errors.read + errors.write + errors.timeout, latency:percentile(50),
                         latency:percentile(99)))
end
