package io.proxyroute.proxy.filter;

/** A filter of a configuration document cannot be used. The message is for the route's author. */
final class FilterRejectedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String field;

    /** @param field the filter's field that is wrong: {@code className} or {@code config} */
    FilterRejectedException(String field, String message, Throwable cause) {
        super(message, cause);
        this.field = field;
    }

    String field() {
        return field;
    }
}
