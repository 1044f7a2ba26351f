package io.proxyroute.filter;

import java.io.InputStream;

/** A backend's answer to a filter. Holds a connection until it is closed or read to its end. */
public interface BackendResponse extends AutoCloseable {

    /** 200 to 599. */
    int status();

    /** Read-only. */
    HeaderMap headers();

    /** Streams; reading blocks. After the exchange's end it throws an IOException. */
    InputStream body();

    /** Gives the connection back when the body was read to its end, and closes it otherwise. */
    @Override
    void close();
}
