package io.proxyroute.filter;

/** The exchange is over: the client has its answer or has gone, or the deadline has passed. */
public final class ExchangeEndedException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    /** Says so in a sentence. */
    public ExchangeEndedException(String message) {
        super(message);
    }
}
