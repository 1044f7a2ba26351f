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
 * Looks for the operator's name in the certificate that the handshake has verified: everyone whom the authority vouches
 * for gets as far as here, but other proxies are not the operator. Of the others' requests nothing is kept; they are told,
 * and cut off. Whoever was not found to be the operator is somebody else. Runs on the control loop.
 */
final class PeerCheck extends ChannelInboundHandlerAdapter {

    /** What everyone else is told. */
    static final String REFUSAL = "The client's certificate does not bear the name " + Identity.OPERATOR + ".";

    private static final Logger LOG = LoggerFactory.getLogger(PeerCheck.class);

    /** RFC 5280, section 4.2.1.6: uniformResourceIdentifier. */
    private static final int URI = 6;

    private boolean accepted;

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake && handshake.isSuccess()) {
            accepted = isOperator(ctx.pipeline().get(SslHandler.class));
            if (!accepted) {
                LOG.warn(
                        "{} came to the admin port without the operator's name.",
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
        // Not before the end of the request: to close with input unread would take the answer along.
        boolean last = message instanceof LastHttpContent;
        ReferenceCountUtil.release(message);
        if (last) {
            ctx.writeAndFlush(ControlHandler.response(AdminResponse.text(403, REFUSAL), false, false))
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
