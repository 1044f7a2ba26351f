package io.proxyroute.contract.diagnostics;

import java.time.Instant;
import java.util.List;

/**
 * Exchanges in flight.
 *
 * @param at when it was taken
 * @param total number of exchanges in flight
 * @param rows oldest first; at most 200
 */
public record ExchangeTable(Instant at, int total, List<Row> rows) {

    /**
     * One exchange, without header values and query, because they may contain secrets.
     *
     * @param traceId trace ID of the exchange
     * @param rule matching rule
     * @param method request method
     * @param path without the query
     * @param backend the endpoint in use; null if there is none
     * @param ageSeconds time since its headers arrived
     * @param silentSeconds time since the last byte was transferred
     * @param phase human-readable description of what it waits for
     * @param held human-readable descriptions of the resources that its ledger record owns
     */
    public record Row(
            String traceId,
            String rule,
            String method,
            String path,
            String backend,
            double ageSeconds,
            double silentSeconds,
            String phase,
            List<String> held) {}
}
