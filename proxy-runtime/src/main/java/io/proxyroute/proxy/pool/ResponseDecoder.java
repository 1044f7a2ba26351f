package io.proxyroute.proxy.pool;

import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponseDecoder;

/** Decodes answers one at a time, and knows whether the one that is due belongs to a HEAD request. */
final class ResponseDecoder extends HttpResponseDecoder {

    private boolean toHead;

    ResponseDecoder(HttpDecoderConfig config) {
        super(config);
    }

    /** Said before each request is sent: an answer to HEAD has no body, whatever its headers say. */
    void expectAnswerToHead(boolean head) {
        toHead = head;
    }

    /** Whether something lies here that was not decoded yet. */
    boolean hasInput() {
        return actualReadableBytes() > 0;
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        return toHead || super.isContentAlwaysEmpty(message);
    }
}
