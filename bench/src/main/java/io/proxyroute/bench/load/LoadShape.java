package io.proxyroute.bench.load;

/** How 64 kept-alive connections send requests. Each waits for its response before its next request. */
public enum LoadShape {
    /** As fast as the proxy responds: its core is busy all the time. */
    SATURATED(0),
    /** After a random pause of 6.4 ms on average: about 10,000 requests/s, at which no proxy here saturates. */
    PACED(6.4);

    /** Connections of either shape. */
    public static final int CONNECTIONS = 64;

    private final double meanPauseMillis;

    LoadShape(double meanPauseMillis) {
        this.meanPauseMillis = meanPauseMillis;
    }

    double meanPauseMillis() {
        return meanPauseMillis;
    }
}
