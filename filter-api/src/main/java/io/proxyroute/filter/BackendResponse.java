package io.proxyroute.filter;

import java.io.InputStream;

/** A backend's response to a filter's request. Holds a connection until it is closed or its body is read completely. */
public interface BackendResponse extends AutoCloseable {

    /** 200 to 599. */
    int status();

    /** Read-only. */
    HeaderMap headers();

    /** A stream; reading blocks. Reading throws an IOException after the end of the exchange. */
    InputStream body();

    /** Returns the connection to the pool if the body was read completely, and closes the connection otherwise. */
    @Override
    void close();
}
