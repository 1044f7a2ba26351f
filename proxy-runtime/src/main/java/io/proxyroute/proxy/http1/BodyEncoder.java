package io.proxyroute.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.proxyroute.proxy.stream.Fields;
import io.proxyroute.proxy.wire.Wire;
import java.util.function.Supplier;

/** Writes message bodies to a connection: plain, chunked or not at all. */
final class BodyEncoder {

    private final Wire wire;
    private final Supplier<HeadEncoder> encoder;
    private boolean chunked;
    private boolean omitted;

    /** @param encoder encoder of the connection's event loop */
    BodyEncoder(Wire wire, Supplier<HeadEncoder> encoder) {
        this.wire = wire;
        this.encoder = encoder;
    }

    /**
     * The head of a message was written.
     *
     * @param chunked whether its body has no announced length
     * @param omitted whether the body is not sent, as in a response to HEAD
     */
    void begin(boolean chunked, boolean omitted) {
        this.chunked = chunked;
        this.omitted = omitted;
    }

    /** Writes a part. Takes ownership of {@code data}. */
    void content(ByteBuf data, boolean last) {
        int bytes = data.readableBytes();
        if (omitted || bytes == 0) {
            data.release();
        } else if (chunked) {
            HeadEncoder.chunkSize(bytes, wire.appender());
            wire.write(data);
            HeadEncoder.chunkEnd(wire.appender());
        } else {
            wire.write(data);
        }
        if (last) {
            end(null);
        }
    }

    /** Ends the body; trailers are sent only if it is chunked. */
    void end(Fields trailers) {
        if (chunked && !omitted) {
            encoder.get().lastChunk(trailers, wire.appender());
        }
    }
}
