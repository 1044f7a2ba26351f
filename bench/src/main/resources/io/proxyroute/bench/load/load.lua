-- wrk ... URL -- MEAN_PAUSE_MILLIS
-- Each connection pauses before a request: 0 for never, else exponentially distributed, so that arrivals look random.
-- The report is one line of JSON, in microseconds.
function init(args)
  local mean = tonumber(args[1])
  if mean > 0 then
    function delay()
      return math.floor(0.5 - mean * math.log(1 - math.random()))
    end
  end
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"errors":%d,"durationMicros":%d,"p50Micros":%d,"p99Micros":%d}\n',
    summary.requests,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    summary.duration,
    latency:percentile(50),
    latency:percentile(99)))
end
