package io.proxyroute.contract.diagnostics;

import java.time.Instant;
import java.util.List;

/**
 * Exchanges in flight.
 *
 * @param at when it was taken
 * @param total how many there are
 * @param rows oldest first; at most 200
 */
public record ExchangeTable(Instant at, int total, List<Row> rows) {

    /**
     * One exchange. It bears no header values and no query, which may hold secrets.
     *
     * @param traceId of the exchange
     * @param rule that took it
     * @param method of the request
     * @param path without the query
     * @param backend the endpoint in use; null where there is none
     * @param ageSeconds since its head arrived
     * @param silentSeconds since its last byte moved
     * @param phase what it waits for, in words
     * @param held what its ledger record owns, in words
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
