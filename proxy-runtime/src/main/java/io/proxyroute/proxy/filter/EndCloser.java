package io.proxyroute.proxy.filter;

import io.proxyroute.proxy.ledger.Releasable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes a filter's own resource when the exchange ends, on a virtual thread, since it may block.
 *
 * @param resource the filter's
 * @param step whose it is
 */
record EndCloser(AutoCloseable resource, Chain.Step step) implements Releasable {

    private static final Logger LOG = LoggerFactory.getLogger(EndCloser.class);

    @Override
    public void release() {
        Thread thread = Thread.ofVirtual().name("closer of " + step.name()).unstarted(this::close);
        thread.setContextClassLoader(step.instance().loader());
        thread.start();
    }

    private void close() {
        try {
            resource.close();
        } catch (Throwable t) {
            LOG.warn("filter {} failed to close what it registered with closeOnEnd", step.name(), t);
        }
    }
}
