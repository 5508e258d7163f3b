-- Sends the requests of a file in turn: REQUESTS names it, a body a line; URL_PATH, the path.
local requests, count, sent = {}, 0, 0

function init(args)
  for body in io.lines(os.getenv("REQUESTS")) do
    count = count + 1
    requests[count] = wrk.format(
      "POST", os.getenv("URL_PATH"), {["Content-Type"] = "application/json"}, body)
  end
end

function request()
  sent = sent % count + 1
  return requests[sent]
end

function done(summary, latency, _)
  local e = summary.errors
  io.write(string.format(
    '\nFIGURES {"requests": %d, "seconds": %.6f, "p50_ms": %.4f, "p99_ms": %.4f, "errors": %d}\n',
    summary.requests, summary.duration / 1e6,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    e.connect + e.read + e.write + e.status + e.timeout))
end
