package io.proxyroute.bench.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/**
 * The report of a load generator.
 *
 * @param requests responses received, in full
 * @param errors failed connections, reads and writes, responses other than 2xx or 3xx, and timeouts
 * @param durationMicros how long it sent
 * @param p50Micros median latency, from the request to the last byte of its response
 * @param p99Micros 99th percentile of it
 */
public record LoadReport(long requests, long errors, long durationMicros, long p50Micros, long p99Micros) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Reads the output of wrk with our script, whose last line is the report.
     *
     * @throws IOException it has no such line
     */
    static LoadReport parse(String output) throws IOException {
        String line = output.lines()
                .filter(each -> each.startsWith("{\"requests\""))
                .reduce((first, last) -> last)
                .orElseThrow(() -> new IOException("wrk printed no report: " + output));
        return JSON.readValue(line, LoadReport.class);
    }
}
