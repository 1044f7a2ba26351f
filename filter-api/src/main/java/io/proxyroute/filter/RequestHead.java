package io.proxyroute.filter;

/** A request's head. Not thread-safe; changes take effect when the filter returns. */
public interface RequestHead {

    /** As received, such as {@code GET}. */
    String method();

    /** Path and query, as received. */
    String target();

    /** Modifiable; without hop-by-hop headers. */
    HeaderMap headers();
}
