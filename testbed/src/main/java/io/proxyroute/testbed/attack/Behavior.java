package io.proxyroute.testbed.attack;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** What a hostile connection does once a second. */
enum Behavior {
    /** Sends nothing. */
    SILENT("", "", true),
    /** Sends the start of a head. */
    HALF_HEAD("GET / HTTP/1.1\r\nHost: attack\r\nX-Half: ", "", true),
    /** Sends one byte of a head a second. */
    SLOW_HEAD("GET / HTTP/1.1\r\nHost: attack\r\nX-Slow: ", "x", true),
    /** Sends one byte of a body a second. */
    SLOW_BODY("POST / HTTP/1.1\r\nHost: attack\r\nContent-Length: 100000\r\n\r\n", "x", true),
    /** Sends a chunk of one byte a second. */
    SLOW_CHUNKS("POST / HTTP/1.1\r\nHost: attack\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n", true),
    /** Asks for a response of 1 MB and reads nothing. */
    NO_READER(Requests.LARGE, "", false),
    /** Asks for a response of 1 MB and reads some bytes of it a second. */
    SLOW_READER(Requests.LARGE, "", false);

    private static final class Requests {
        private static final String LARGE = "GET /?id=1&size=1000000 HTTP/1.1\r\nHost: attack\r\n\r\n";
    }

    private final byte[] first;
    private final byte[] everySecond;
    private final boolean reads;

    Behavior(String first, String everySecond, boolean reads) {
        this.first = first.getBytes(StandardCharsets.US_ASCII);
        this.everySecond = everySecond.getBytes(StandardCharsets.US_ASCII);
        this.reads = reads;
    }

    /** What is sent first; empty for nothing. */
    ByteBuf first() {
        return Unpooled.wrappedBuffer(first);
    }

    /** What is sent every second; empty for nothing. */
    ByteBuf everySecond() {
        return Unpooled.wrappedBuffer(everySecond);
    }

    /** Whether everything that arrives is read. */
    boolean reads() {
        return reads;
    }
}
