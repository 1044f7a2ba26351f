package io.proxyroute.proxy.http;

/** What an exchange is doing; {@link Exchange} shows the transitions. */
enum ExchangePhase {
    STARTING("starting"),
    FILTERS("running filters"),
    GATHERING("receiving the start of the request body"),
    ACQUIRING("waiting for a connection"),
    BACKOFF("backing off before a retry"),
    AWAITING_RESPONSE("waiting for the backend's response"),
    RESPONDING("streaming the response"),
    FLUSHING("waiting for the client to read the end of the response"),
    ENDED("ended");

    private final String label;

    ExchangePhase(String label) {
        this.label = label;
    }

    /** The text in the table of exchanges. */
    String label() {
        return label;
    }
}
