-- What wrk does with each response, and its summary as one line of JSON.
--
--     wrk -t 1 -c 8 -d 10s -s wrk.lua http://10.77.0.1:5001/bytes/1024 -- /shared/pattern 1024
--
-- A response is right if its status is 200 and its body the beginning of the pattern. One thread only.

local expected
local thread

-- Read by `done`, which runs in an environment of its own.
verified = 0

function setup(it)
  thread = it
end

function init(arguments)
  local file = assert(io.open(arguments[1], "rb"))
  expected = file:read(tonumber(arguments[2]))
  file:close()
end

function response(status, _, body)
  if status == 200 and body == expected then verified = verified + 1 end
end

function done(summary, latency, _)
  local micros = {}
  for index = 1, #latency do
    micros[index] = string.format("[%d,%d]", latency(index))
  end
  local errors = 0
  for _, count in pairs(summary.errors) do errors = errors + count end
  print(string.format(
    '{"requests": %d, "verified": %d, "errors": %d, "bytes": %d, "micros": %d, "latencies": [%s]}',
    summary.requests, thread:get("verified"), errors, summary.bytes, summary.duration, table.concat(micros, ",")
  ))
end
