package io.proxyroute.proxy.http;

/** What an exchange does now; the transitions are drawn at the exchange. */
enum ExchangePhase {
    STARTING("starting"),
    FILTERS("running filters"),
    ACQUIRING("waiting for a connection"),
    BACKOFF("backing off before a retry"),
    AWAITING_RESPONSE("waiting for the backend's response"),
    RESPONDING("streaming the response"),
    ENDED("ended");

    private final String label;

    ExchangePhase(String label) {
        this.label = label;
    }

    /** As the table of exchanges shows it. */
    String label() {
        return label;
    }
}
