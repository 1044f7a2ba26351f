package io.proxyroute.operator.remediation.detection;

import io.proxyroute.contract.telemetry.Snapshot;

/** A measured quantity of a proxy. Values are in {@link #unit()}; NaN is unknown. */
public enum Signal {
    /** Heap in use, garbage included. */
    HEAP("heap", "bytes"),
    /** Heap that is still in use after a scheduled full collection. */
    LIVE_SET("live set", "bytes"),
    /** Netty's direct buffers, without those that open exchanges own or that the ledger quarantines. */
    NETTY_DIRECT_MEMORY("Netty's direct memory", "bytes"),
    /**
     * The JDK's direct buffers, which belong to filters; without those of open exchanges if Netty's are counted here.
     */
    JDK_DIRECT_MEMORY("the JDK's direct memory", "bytes"),
    /** Live platform threads. */
    THREADS("threads", "threads"),
    /** Live virtual threads, without those that open exchanges own. */
    VIRTUAL_THREADS("virtual threads", "threads"),
    /** Open client connections. */
    CONNECTIONS("connections", "connections"),
    /** Leased connections of the fullest backend, in percent of the limit of its pool. */
    POOL_IN_USE("pool in use", "%");

    private final String label;
    private final String unit;

    Signal(String label, String unit) {
        this.label = label;
        this.unit = unit;
    }

    /** The name as used in messages. */
    public String label() {
        return label;
    }

    /** The unit of values. */
    public String unit() {
        return unit;
    }

    /** The value in a snapshot, or NaN. */
    public double of(Snapshot snapshot) {
        return switch (this) {
            case HEAP -> known(snapshot.memory().heapUsedBytes());
            case LIVE_SET ->
                snapshot.liveSet() == null
                        ? Double.NaN
                        : known(snapshot.liveSet().liveBytes());
            case NETTY_DIRECT_MEMORY -> {
                long used = snapshot.memory().nettyDirect().usedBytes();
                yield used < 0 ? Double.NaN : Math.max(0, used - ownedBuffers(snapshot));
            }
            case JDK_DIRECT_MEMORY -> {
                boolean nettyToo = snapshot.memory().nettyDirect().usedBytes() < 0;
                long used = snapshot.memory().jdkDirect().usedBytes();
                yield used < 0 ? Double.NaN : Math.max(0, used - (nettyToo ? ownedBuffers(snapshot) : 0));
            }
            case THREADS -> known(snapshot.threads().platform());
            case VIRTUAL_THREADS -> {
                int live = snapshot.threads().virtual();
                int owned = snapshot.ledger() == null ? 0 : snapshot.ledger().heldTasks();
                yield live < 0 ? Double.NaN : Math.max(0, live - owned);
            }
            case CONNECTIONS -> known(snapshot.traffic().connections());
            case POOL_IN_USE ->
                snapshot.pools().stream()
                        .mapToDouble(
                                p -> 100.0 * p.active() / Math.max(1, p.maxPerEndpoint() * Math.max(1, p.endpoints())))
                        .max()
                        .orElse(0);
        };
    }

    /** The limit of this signal in a snapshot; NaN if the process has none. */
    public double limitIn(Snapshot snapshot) {
        return switch (this) {
            case HEAP, LIVE_SET -> known(snapshot.memory().heapMaxBytes());
            case NETTY_DIRECT_MEMORY -> known(snapshot.memory().nettyDirect().maxBytes());
            case JDK_DIRECT_MEMORY -> known(snapshot.memory().jdkDirect().maxBytes());
            case POOL_IN_USE -> 100;
            case THREADS, VIRTUAL_THREADS, CONNECTIONS -> Double.NaN;
        };
    }

    private static long ownedBuffers(Snapshot snapshot) {
        return snapshot.ledger() == null
                ? 0
                : snapshot.ledger().heldBufferBytes() + snapshot.ledger().quarantinedBytes();
    }

    private static double known(long value) {
        return value < 0 ? Double.NaN : value;
    }
}
