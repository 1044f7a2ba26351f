package io.proxyroute.proxy.overload;

/**
 * What the proxy does as a resource runs out, in the order in which the actions start. Clients that cost much and receive
 * no service come first; requests of other clients are refused only if that does not help.
 */
public enum OverloadAction {
    /** Close idle connections earlier. */
    SHORTEN_IDLE(0.70),
    /** Close connections with their next response. */
    CLOSE_AFTER_RESPONSE(0.80),
    /** Close connections: those without a completed request, idle ones, and those that hold the most memory. */
    CLOSE_CONNECTIONS(0.90),
    /** Respond to new requests with status 503. */
    REFUSE_REQUESTS(0.95),
    /** Accept no connections. */
    STOP_ACCEPTING(0.98);

    private final double threshold;

    OverloadAction(double threshold) {
        this.threshold = threshold;
    }

    /** The share of a resource from which the action is active. */
    public double threshold() {
        return threshold;
    }
}
