package io.proxyroute.contract.admin;

import java.time.Duration;

/**
 * Paths and ports of a proxy. The admin port speaks HTTP/1.1 over mutual TLS; bodies are JSON by {@link
 * io.proxyroute.contract.Json}. The health port is plain and read-only.
 */
public final class AdminApi {

    /** Mutually authenticated. */
    public static final int ADMIN_PORT = 9901;

    /** {@code /metrics}, {@code /livez}, {@code /readyz}. */
    public static final int HEALTH_PORT = 9090;

    /**
     * PUT a {@link Update}: 200 with {@link Applied}; 400 with {@link Rejected}; 409 with {@link Applied} when the
     * sequence is lower than the one served; 503 while another document is being put into force. GET gives the {@code
     * ConfigDocument} served.
     */
    public static final String CONFIG = "/config";

    /** PUT an {@code EndpointsDocument}: 200 with {@link Applied}; 400 with {@link Rejected}; 503 as for {@link #CONFIG}. */
    public static final String ENDPOINTS = "/endpoints";

    /** GET the {@code Snapshot}. */
    public static final String SNAPSHOT = "/snapshot";

    /** GET the {@code LiveSetHistory}: up to 24 h. */
    public static final String LIVE_SET = "/live-set";

    /** GET the {@code ExchangeTable}. */
    public static final String EXCHANGES = "/exchanges";

    /** GET the list of {@code PoolUsage}. */
    public static final String POOLS = "/pools";

    /** GET the {@code LedgerSummary}. */
    public static final String LEDGER = "/ledger";

    /** GET the {@code ThreadReport}. */
    public static final String THREADS = "/threads";

    /** GET the {@code ClassHistogram}; stops the process for a full collection. */
    public static final String CLASS_HISTOGRAM = "/class-histogram";

    /** POST: measure the live set now; 200 with the {@code LiveSetSample}. */
    public static final String MEASURE_LIVE_SET = "/live-set/measure";

    /** POST: begin to drain, as after SIGTERM, without ending the process: 202. */
    public static final String DRAIN = "/drain";

    /**
     * The most that all filters of a document may take to configure themselves; then the document is refused. Whoever PUTs
     * one waits longer than that for the answer.
     */
    public static final Duration PREPARATION = Duration.ofSeconds(5);

    private AdminApi() {}
}
