package io.proxyroute.proxy.telemetry;

/**
 * Every meter of the proxy's own and every tag, in Micrometer's spelling; Prometheus shows {@code proxyroute.exchange} as
 * {@code proxyroute_exchange_seconds}. Beside them stand Micrometer's meters of the JVM and of the process.
 */
final class MeterNames {

    /** Timer: exchanges by {@link #RULE} and {@link #STATUS}, from the request's head to the end. */
    static final String EXCHANGE = "proxyroute.exchange";

    /** Counter: why exchanges ended, by {@link #RULE} and {@link #CAUSE}. */
    static final String EXCHANGE_ENDS = "proxyroute.exchange.ends";

    /** Counter: attempts beyond the first, by {@link #RULE}. */
    static final String RETRIES = "proxyroute.exchange.retries";

    /** Counter: body bytes from clients, by {@link #RULE}. */
    static final String REQUEST_BYTES = "proxyroute.request.body";

    /** Counter: body bytes to clients, by {@link #RULE}. */
    static final String RESPONSE_BYTES = "proxyroute.response.body";

    /** Gauge: exchanges begun and not ended. */
    static final String IN_FLIGHT = "proxyroute.exchanges.in.flight";

    /** Gauge: open client connections. */
    static final String CONNECTIONS = "proxyroute.connections";

    /** Counter: answers of 5xx that the proxy made, and answers cut short. */
    static final String PROXY_ERRORS = "proxyroute.errors.proxy";

    /** Counter: answers of 5xx passed on from backends. */
    static final String BACKEND_ERRORS = "proxyroute.errors.backend";

    /** Gauge: addresses of a backend, by {@link #BACKEND}. */
    static final String POOL_ENDPOINTS = "proxyroute.pool.endpoints";

    /** Gauge: connections by {@link #BACKEND} and {@link #STATE}: active, idle. */
    static final String POOL_CONNECTIONS = "proxyroute.pool.connections";

    /** Gauge: exchanges that wait for a connection, by {@link #BACKEND}. */
    static final String POOL_PENDING = "proxyroute.pool.pending";

    /** Gauge: the cap of one endpoint, by {@link #BACKEND}. */
    static final String POOL_MAX = "proxyroute.pool.max.per.endpoint";

    /** Gauge: the wait for a connection, 99th percentile of the last minute, by {@link #BACKEND}. */
    static final String POOL_ACQUIRE_P99 = "proxyroute.pool.acquire.p99";

    /** Counter: leases given, by {@link #BACKEND}. */
    static final String POOL_ACQUIRES = "proxyroute.pool.acquires";

    /** Counter: acquires that waited in vain, by {@link #BACKEND}. */
    static final String POOL_TIMEOUTS = "proxyroute.pool.acquire.timeouts";

    /** Counter: leases reported because no byte had moved on them for long, by {@link #BACKEND}. */
    static final String POOL_SUSPECTED = "proxyroute.pool.suspected";

    /** Counter: leases taken back, by {@link #BACKEND}. */
    static final String POOL_ABANDONED = "proxyroute.pool.abandoned";

    /** Gauge: exchanges with an open record. */
    static final String LEDGER_RECORDS = "proxyroute.ledger.records";

    /** Gauge: what open records own, by {@link #KIND}: lease, buffer, task. */
    static final String LEDGER_HELD = "proxyroute.ledger.held";

    /** Gauge: memory of the buffers that open records own. */
    static final String LEDGER_HELD_BYTES = "proxyroute.ledger.held.memory";

    /** Gauge: memory that a running task may still see. */
    static final String LEDGER_QUARANTINED = "proxyroute.ledger.quarantined";

    /** Counter: things still held by a filter when their exchange ended. */
    static final String LEDGER_LEAKS = "proxyroute.ledger.leaks";

    /** Counter: how many of them were taken back. */
    static final String LEDGER_RECLAIMED = "proxyroute.ledger.reclaimed";

    /** Gauge: leaks of the worst places, by {@link #KIND}, {@link #FILTER}, {@link #SITE} and {@link #BACKEND}. */
    static final String LEDGER_OFFENDER = "proxyroute.ledger.offender.leaks";

    /** Gauge: the newest measurement of the live set. */
    static final String LIVE_SET = "proxyroute.live.set";

    /** Gauge: when it was taken, in seconds since 1970. */
    static final String LIVE_SET_TIME = "proxyroute.live.set.timestamp";

    /** Gauge: what the full collection took. */
    static final String LIVE_SET_PAUSE = "proxyroute.live.set.pause";

    /** Gauge: direct memory by {@link #OWNER}: netty, jdk; -1 where both are in the JDK's account. */
    static final String DIRECT = "proxyroute.memory.direct";

    /** Gauge: the limit of each of those. */
    static final String DIRECT_MAX = "proxyroute.memory.direct.max";

    /** Gauge: the process' resident set. */
    static final String RESIDENT = "proxyroute.memory.resident";

    /** Gauge: the container's memory limit. */
    static final String MEMORY_LIMIT = "proxyroute.memory.limit";

    /** Gauge: live virtual threads; -1 where they cannot be counted now. */
    static final String VIRTUAL_THREADS = "proxyroute.threads.virtual";

    /** Gauge: age of the oldest virtual thread; -1 where they cannot be counted now. */
    static final String VIRTUAL_OLDEST = "proxyroute.threads.virtual.oldest";

    /** Gauge: filter calls, forks and configures that outlived their time and did not answer an interrupt. */
    static final String ORPHANS = "proxyroute.threads.orphans";

    /** Gauge: how long a fresh virtual thread waits for a carrier. */
    static final String CARRIER_DELAY = "proxyroute.threads.virtual.scheduler.delay";

    /** Gauge: how long the event loop waits before it runs a task, by {@link #LOOP}. */
    static final String LOOP_LAG = "proxyroute.event.loop.lag";

    /** Counter: lines of the access log dropped because its queue was full or they could not be written. */
    static final String ACCESS_LOG_DROPPED = "proxyroute.access.log.dropped";

    /** Gauge: sequence number of the document served. */
    static final String CONFIG_SEQUENCE = "proxyroute.config.sequence";

    /** Gauge: version of the endpoint list in use. */
    static final String ENDPOINTS_VERSION = "proxyroute.config.endpoints.version";

    /** Counter: documents refused. */
    static final String CONFIG_REJECTED = "proxyroute.config.rejected";

    /** Counter: changes of the admin port's certificates that could not be used. */
    static final String CERTIFICATE_FAILURES = "proxyroute.admin.certificate.failures";

    /** Gauge: 1 for the state the process is in, by {@link #STATE}. */
    static final String PROCESS_STATE = "proxyroute.process.state";

    static final String RULE = "rule";

    /** 1xx to 5xx, or none where no answer was sent. */
    static final String STATUS = "status";

    static final String CAUSE = "cause";
    static final String BACKEND = "backend";
    static final String STATE = "state";
    static final String KIND = "kind";
    static final String FILTER = "filter";
    static final String SITE = "site";
    static final String OWNER = "owner";
    static final String LOOP = "loop";

    private MeterNames() {}
}
