package io.proxyroute.proxy.http1;

import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponseDecoder;

/** Decodes one response at a time, and knows whether the one that is due belongs to a HEAD request. */
final class ResponseDecoder extends HttpResponseDecoder {

    private static final HttpDecoderConfig CONFIG = new HttpDecoderConfig()
            .setMaxInitialLineLength(8 << 10)
            .setMaxHeaderSize(64 << 10)
            .setMaxChunkSize(64 << 10);

    private boolean toHead;

    ResponseDecoder() {
        super(CONFIG);
    }

    /** To be called before each request is sent: a response to HEAD has no body, whatever its headers say. */
    void expectResponseToHead(boolean head) {
        toHead = head;
    }

    /** Whether something was received that is not decoded yet. */
    boolean hasInput() {
        return actualReadableBytes() > 0;
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        return toHead || super.isContentAlwaysEmpty(message);
    }
}
