package io.proxyroute.proxy.admin;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.AttributeKey;
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
 * for gets as far as here, but other proxies are not the operator. Runs on the control loop.
 */
final class PeerCheck extends ChannelInboundHandlerAdapter {

    /** What everyone else is told. */
    static final String REFUSAL = "The client's certificate does not bear the name " + Identity.OPERATOR + ".";

    private static final Logger LOG = LoggerFactory.getLogger(PeerCheck.class);

    /** RFC 5280, section 4.2.1.6: uniformResourceIdentifier. */
    private static final int URI = 6;

    private static final AttributeKey<Boolean> REFUSED = AttributeKey.valueOf(PeerCheck.class, "refused");

    /** Whether the peer may ask for anything; on a plain port everyone may. */
    static boolean accepted(Channel channel) {
        return !Boolean.TRUE.equals(channel.attr(REFUSED).get());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake && handshake.isSuccess()) {
            boolean operator = isOperator(ctx.pipeline().get(SslHandler.class));
            ctx.channel().attr(REFUSED).set(!operator);
            if (!operator) {
                LOG.warn(
                        "{} came to the admin port without the operator's name.",
                        ctx.channel().remoteAddress());
            }
        }
        ctx.fireUserEventTriggered(event);
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
