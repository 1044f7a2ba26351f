package io.proxyroute.proxy.admin;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.proxyroute.contract.admin.Identity;
import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts only the operator, by the URI in the client certificate. The TLS handshake admits every certificate that the
 * authority issued, other proxies' included. All other clients get 403, their requests are discarded, and the connection
 * is closed. Runs on the control loop.
 */
final class OperatorAuthorizer extends ChannelInboundHandlerAdapter {

    /** The body of the 403 response. */
    static final String REFUSAL = "The client certificate has no SAN URI " + Identity.OPERATOR + ".";

    private static final Logger LOG = LoggerFactory.getLogger(OperatorAuthorizer.class);

    /** GeneralName tag of uniformResourceIdentifier (RFC 5280, section 4.2.1.6). */
    private static final int URI = 6;

    private boolean accepted;

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake && handshake.isSuccess()) {
            accepted = isOperator(ctx.pipeline().get(SslHandler.class));
            if (!accepted) {
                LOG.warn(
                        "Refusing {} on the admin port: its certificate is not the operator's.",
                        ctx.channel().remoteAddress());
            }
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (accepted) {
            ctx.fireChannelRead(message);
            return;
        }
        // Only after the whole request: closing with unread input sends a RST, which can discard the response.
        boolean last = message instanceof LastHttpContent;
        ReferenceCountUtil.release(message);
        if (last) {
            ctx.writeAndFlush(ControlHandler.encode(AdminResponse.text(403, REFUSAL), false, false))
                    .addListener(ChannelFutureListener.CLOSE);
        }
    }

    private static boolean isOperator(SslHandler tls) {
        try {
            Certificate[] chain = tls.engine().getSession().getPeerCertificates();
            Collection<List<?>> names = ((X509Certificate) chain[0]).getSubjectAlternativeNames();
            return names != null
                    && names.stream()
                            .anyMatch(name ->
                                    name.get(0).equals(URI) && name.get(1).equals(Identity.OPERATOR));
        } catch (SSLPeerUnverifiedException | CertificateParsingException e) {
            return false;
        }
    }
}
