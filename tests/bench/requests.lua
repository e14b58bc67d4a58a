-- Requests for tools/bench: wrk -s requests.lua URL -- KIND PREFIX ITEMS. Every body is new, every Idempotency-Key too.
local kind, prefix, items, count = "atp", "0", 25000, 0
local made, tower = {}, {}

function init(args)
  kind, prefix, items = args[1] or kind, args[2] or prefix, tonumber(args[3] or items)
  math.randomseed(tonumber((prefix:gsub("%D", ""))) or 1)
  if kind == "atp" then
    for i = 1, 1000 do
      local lines = {}
      for line = 1, 3 do lines[line] = string.format('{"sku":"I-%d","quantity":"%d"}', math.random(items), math.random(20)) end
      made[i] = wrk.format("POST", "/v1/availability/check", {["Content-Type"] = "application/json"},
                           '{"lines":[' .. table.concat(lines, ",") .. "]}")
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

local function headers() return {["Content-Type"] = "application/json", ["Idempotency-Key"] = prefix .. "-" .. count} end

local function order()
  local lines = {}
  for line = 1, 5 do
    lines[line] = string.format('{"line":%d,"sku":"I-%d","quantity":"1","unit_price":"1","location":"L-%d"}', line, math.random(items),
                                1 + count % 4)
  end
  return wrk.format("POST", "/v1/orders", headers(), string.format(
    '{"source":"bench","order_number":"%s-%d","customer":"C-%d","currency":"USD","lines":[%s]}', prefix, count, math.random(1000),
    table.concat(lines, ",")))
end

local function reservation(sku)
  return wrk.format("POST", "/v1/reservations", headers(), string.format(
    '{"reference":"b","ttl_seconds":3600,"policy":"all_or_nothing","lines":[{"sku":"I-%d","quantity":"1","location":"L-1"}]}', sku))
end

function request()
  count = count + 1
  if kind == "atp" then return made[1 + count % 1000] end
  if kind == "order" then return order() end
  if kind == "hot" then return reservation(1) end
  return reservation(zipf())
end

function done(summary)
  local errors = summary.errors
  io.write(string.format("BENCH %d %d %d\n", summary.requests, summary.duration,
                         errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
