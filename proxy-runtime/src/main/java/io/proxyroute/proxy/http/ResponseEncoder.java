package io.proxyroute.proxy.http;

import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpStatusClass;

/** Encodes answers one at a time, and knows whether the one that is written belongs to a HEAD request. */
final class ResponseEncoder extends HttpResponseEncoder {

    private boolean toHead;

    /** Said before each final answer. */
    void answerToHead(boolean head) {
        toHead = head;
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpResponse message) {
        return toHead && message.status().codeClass() != HttpStatusClass.INFORMATIONAL
                || super.isContentAlwaysEmpty(message);
    }
}
