package io.proxyroute.proxy.stream;

import io.netty.util.AsciiString;

/** The protocol version in which a message was received. */
public enum Protocol {
    /** RFC 1945: no chunks, no interim responses, connections that close unless agreed otherwise. */
    HTTP_1_0("1.0"),
    /** RFC 9112. */
    HTTP_1_1("1.1");

    private final AsciiString version;

    Protocol(String version) {
        this.version = AsciiString.cached(version);
    }

    /** The version as written in {@code Via} (RFC 9110, section 7.6.3). */
    public AsciiString version() {
        return version;
    }
}
