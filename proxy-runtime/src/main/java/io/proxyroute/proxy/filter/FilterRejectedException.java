package io.proxyroute.proxy.filter;

/** A filter of a document cannot be had; the message is for the route's author. */
final class FilterRejectedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String field;

    /** @param field the field of the filter that is wrong */
    FilterRejectedException(String field, String message, Throwable cause) {
        super(message, cause);
        this.field = field;
    }

    String field() {
        return field;
    }
}
