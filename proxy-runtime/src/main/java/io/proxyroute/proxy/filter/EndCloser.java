package io.proxyroute.proxy.filter;

import io.proxyroute.filter.ExchangeEndedException;
import io.proxyroute.proxy.ledger.Releasable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes a filter's own resource after the exchange has ended, on a virtual thread, since it may block; and before the
 * filter itself is closed, which it keeps in use until then. Started once at most, on the exchange's loop.
 */
final class EndCloser implements Releasable {

    private static final Logger LOG = LoggerFactory.getLogger(EndCloser.class);

    private final AutoCloseable resource;
    private final Chain.Step step;
    private final ChainRun run;

    /**
     * Uses the step's instance from now on.
     *
     * @throws ExchangeEndedException the instance is closed already
     */
    EndCloser(AutoCloseable resource, Chain.Step step, ChainRun run) {
        this.resource = resource;
        this.step = step;
        this.run = run;
        if (!step.instance().retain()) {
            throw new ExchangeEndedException("filter " + step.name() + " is closed");
        }
    }

    /** It was never entered in the ledger. */
    void forget() {
        step.instance().release();
    }

    @Override
    public void release() {
        run.close(this);
    }

    void start() {
        Thread thread = Thread.ofVirtual().name("closer of " + step.name()).unstarted(this::close);
        thread.setContextClassLoader(step.instance().loader());
        run.tasks().started();
        thread.start();
    }

    private void close() {
        try {
            resource.close();
        } catch (Throwable t) {
            LOG.warn("filter {} failed to close what it registered with closeOnEnd", step.name(), t);
        } finally {
            run.tasks().ended();
            step.instance().release();
        }
    }
}
