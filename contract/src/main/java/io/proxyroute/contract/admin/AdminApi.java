package io.proxyroute.contract.admin;

import java.time.Duration;

/**
 * Paths and ports of a proxy. The admin port serves HTTP/1.1 over mutual TLS with JSON bodies, see {@link
 * io.proxyroute.contract.Json}. The health port serves plain HTTP and is read-only.
 */
public final class AdminApi {

    /** Port of the admin API; requires mutual TLS. */
    public static final int ADMIN_PORT = 9901;

    /** Port of {@code /metrics}, {@code /livez} and {@code /readyz}. */
    public static final int HEALTH_PORT = 9090;

    /**
     * PUT an {@link Update}: 200 with {@link Applied}; 400 with {@link Rejected}; 409 with {@link Applied} if the
     * sequence is lower than the current one; 503 while another document is being applied. GET returns the current
     * {@code ConfigDocument}.
     */
    public static final String CONFIG = "/config";

    /**
     * PUT an {@code EndpointsDocument}: 200 with {@link Applied}; 400 with {@link Rejected}; 503 as for {@link
     * #CONFIG}.
     */
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

    /** GET the {@code ClassHistogram}; pauses the process for a full collection. */
    public static final String CLASS_HISTOGRAM = "/class-histogram";

    /** POST: measure the live set now; 200 with the {@code LiveSetSample}. */
    public static final String MEASURE_LIVE_SET = "/live-set/measure";

    /** POST: start to drain, as after SIGTERM, but keep the process running; 202. */
    public static final String DRAIN = "/drain";

    /**
     * Time limit for the configuration of all filters of a document; the proxy rejects the document after that. The
     * timeout of a client's PUT must be longer.
     */
    public static final Duration PREPARATION = Duration.ofSeconds(5);

    private AdminApi() {}
}
