-- Sends requests out of a file, chosen at random, and tells what came of them in one line of JSON.
-- LOAD names the file: method, path, bearer token and body of a request, each on a line of its own with tabs between.

local requests = {}
local threads = {}

function setup(thread)
    table.insert(threads, thread)
    thread:set("id", #threads)
end

function init(args)
    math.randomseed(tonumber(os.getenv("SEED") or "1") * 100 + id)
    for line in io.lines(os.getenv("LOAD")) do
        local method, path, token, body = line:match("^(%S+)\t(%S+)\t(%S*)\t(.*)$")
        local headers = { ["Accept-Encoding"] = "identity" }
        if token ~= "" then headers["Authorization"] = "Bearer " .. token end
        if body ~= "" then headers["Content-Type"] = "application/json" else body = nil end
        table.insert(requests, wrk.format(method, path, headers, body))
    end
    bad = 0
end

function request()
    return requests[math.random(#requests)]
end

function response(status)
    if status >= 300 then bad = bad + 1 end
end

function done(summary, latency)
    local refused = 0
    for _, thread in ipairs(threads) do refused = refused + thread:get("bad") end
    local errors = summary.errors
    io.write(string.format(
        '{"requests": %d, "micros": %d, "p50": %d, "p99": %d, "bad": %d, "broken": %d}\n',
        summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), refused,
        errors.connect + errors.read + errors.write + errors.timeout
    ))
end
