package io.proxyroute.proxy.stream;

import io.netty.util.AsciiString;

/** The header fields that the proxy reads or writes, in lower case. */
public final class FieldNames {

    public static final AsciiString CONTENT_TYPE = AsciiString.cached("content-type");
    public static final AsciiString DATE = AsciiString.cached("date");
    public static final AsciiString EXPECT = AsciiString.cached("expect");
    public static final AsciiString FORWARDED = AsciiString.cached("forwarded");
    public static final AsciiString HOST = AsciiString.cached("host");
    public static final AsciiString MAX_FORWARDS = AsciiString.cached("max-forwards");
    public static final AsciiString RETRY_AFTER = AsciiString.cached("retry-after");
    public static final AsciiString TRACEPARENT = AsciiString.cached("traceparent");
    public static final AsciiString TRACESTATE = AsciiString.cached("tracestate");
    public static final AsciiString VIA = AsciiString.cached("via");
    public static final AsciiString X_FORWARDED_FOR = AsciiString.cached("x-forwarded-for");
    public static final AsciiString X_FORWARDED_HOST = AsciiString.cached("x-forwarded-host");
    public static final AsciiString X_FORWARDED_PORT = AsciiString.cached("x-forwarded-port");
    public static final AsciiString X_FORWARDED_PREFIX = AsciiString.cached("x-forwarded-prefix");
    public static final AsciiString X_FORWARDED_PROTO = AsciiString.cached("x-forwarded-proto");

    public static final AsciiString X_REAL_IP = AsciiString.cached("x-real-ip");

    /** Milliseconds left of the exchange's deadline, so that a backend can stop working on an expired request. */
    public static final AsciiString X_REQUEST_TIMEOUT_MS = AsciiString.cached("x-request-timeout-ms");

    private FieldNames() {}
}
