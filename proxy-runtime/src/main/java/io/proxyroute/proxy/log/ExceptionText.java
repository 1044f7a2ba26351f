package io.proxyroute.proxy.log;

import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.CoreConstants;
import java.io.IOException;

/**
 * The text of a logged exception: its stack trace, or one line if memory, descriptors or the network are to blame and not
 * the code.
 */
public final class ExceptionText extends ThrowableProxyConverter {

    @Override
    protected String throwableProxyToString(IThrowableProxy proxy) {
        if (proxy instanceof ThrowableProxy known && isOfEnvironment(known.getThrowable())) {
            return proxy.getClassName() + ": " + proxy.getMessage() + CoreConstants.LINE_SEPARATOR;
        }
        return super.throwableProxyToString(proxy);
    }

    private static boolean isOfEnvironment(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof OutOfMemoryError || cause instanceof IOException) {
                return true;
            }
        }
        return false;
    }
}
