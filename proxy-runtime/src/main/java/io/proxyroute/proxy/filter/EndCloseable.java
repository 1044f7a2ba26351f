package io.proxyroute.proxy.filter;

import io.proxyroute.filter.ExchangeEndedException;
import io.proxyroute.proxy.ledger.Releasable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A resource that a filter registered with {@code closeOnEnd}. Closed once, after the exchange has ended, on a virtual
 * thread because the close may block. Keeps the filter's instance in use until then, so the resource is closed before the
 * filter. Released on the exchange's loop.
 */
final class EndCloseable implements Releasable {

    private static final Logger LOG = LoggerFactory.getLogger(EndCloseable.class);

    private final AutoCloseable resource;
    private final FilterStep step;
    private final ExchangeScope scope;

    /**
     * Starts to use the filter's instance.
     *
     * @throws ExchangeEndedException the instance is already closed
     */
    EndCloseable(AutoCloseable resource, FilterStep step, ExchangeScope scope) {
        this.resource = resource;
        this.step = step;
        this.scope = scope;
        if (!step.instance().retain()) {
            throw new ExchangeEndedException(
                    "filter " + step.name() + " is closed; it can no longer register resources");
        }
    }

    /** Stops using the instance without closing the resource. For a resource that the ledger does not track. */
    void discard() {
        step.instance().release();
    }

    @Override
    public void release() {
        scope.closeAfterTasks(this::startClose);
    }

    private void startClose() {
        Thread thread = Thread.ofVirtual().name("closer of " + step.name()).unstarted(this::close);
        thread.setContextClassLoader(step.instance().loader());
        scope.tasks().started();
        thread.start();
    }

    private void close() {
        try {
            resource.close();
        } catch (Throwable t) {
            LOG.warn("Filter {} failed to close a resource that it registered with closeOnEnd.", step.name(), t);
        } finally {
            scope.tasks().ended();
            step.instance().release();
        }
    }
}
