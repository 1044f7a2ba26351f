package io.proxyroute.filter;

/** A request's head. Not thread-safe; edits are passed on when the filter returns. */
public interface RequestHead {

    /** As received, such as {@code GET}. */
    String method();

    /** Path and query, as received. */
    String target();

    /** Editable; hop-by-hop headers are not among them. */
    HeaderMap headers();
}
