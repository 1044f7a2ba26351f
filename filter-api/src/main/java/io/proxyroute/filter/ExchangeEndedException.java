package io.proxyroute.filter;

/** The exchange has ended: the response is complete, the client has disconnected, or the deadline has passed. */
public final class ExchangeEndedException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    /** With a message. */
    public ExchangeEndedException(String message) {
        super(message);
    }
}
