package io.proxyroute.proxy.filter;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.proxyroute.proxy.ledger.OwnedResource;
import io.proxyroute.proxy.ledger.Releasable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A virtual thread that works for an exchange: a filter's call or one of its forks. If the exchange ends first, the
 * thread is interrupted; if it still runs after the grace period it counts as an orphan until it ends. Its ledger entry
 * is released when the thread has ended, never earlier. Fields are confined to the exchange's loop.
 */
final class FilterTask implements Releasable {

    private static final Logger LOG = LoggerFactory.getLogger(FilterTask.class);

    /** What a task runs. */
    interface Work {

        /** Does the work. Called on the task's thread; must not throw. */
        void run();

        /** Called on the task's thread, after {@link #ended} has been queued on the loop. */
        void endQueued();

        /** Called on the loop, after the ledger entry has been released. Not called if the loop has shut down. */
        void ended();
    }

    private final TaskCounter tasks;
    private final EventLoop loop;
    private final Thread thread;

    private OwnedResource owned;
    private ScheduledFuture<?> graceTimer;
    private boolean ended;
    private boolean orphan;

    /**
     * Prepares the thread.
     *
     * @param name thread name, for thread dumps
     * @param loader the filter's class loader, which becomes the thread's context class loader
     */
    FilterTask(TaskCounter tasks, EventLoop loop, String name, ClassLoader loader, Work work) {
        this.tasks = tasks;
        this.loop = loop;
        this.thread = Thread.ofVirtual()
                .name(name)
                .inheritInheritableThreadLocals(false)
                .unstarted(() -> {
                    try {
                        work.run();
                    } finally {
                        tasks.ended();
                        onLoop(() -> {
                            ended();
                            work.ended();
                        });
                        work.endQueued();
                    }
                });
        thread.setContextClassLoader(loader);
    }

    /** Sets the ledger entry. Called on the loop, once, before the loop can process the thread's end. */
    void setLedgerEntry(OwnedResource entry) {
        owned = entry;
    }

    /** Starts the thread. */
    void start() {
        tasks.started();
        thread.start();
    }

    /** Interrupts the thread at the filter's request. */
    void interrupt() {
        thread.interrupt();
    }

    /** The exchange has ended: interrupts the thread and starts the grace period. */
    @Override
    public void revoke() {
        if (!ended && graceTimer == null) {
            thread.interrupt();
            graceTimer = loop.schedule(this::becomeOrphan, tasks.grace().toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /** Does nothing: the task releases its ledger entry when its thread ends. */
    @Override
    public void release() {}

    private void becomeOrphan() {
        orphan = true;
        tasks.orphaned();
        LOG.warn(
                "{} still runs {} after its exchange has ended and it was interrupted; it counts as an orphan.",
                thread.getName(),
                tasks.grace());
    }

    private void ended() {
        ended = true;
        if (graceTimer != null) {
            graceTimer.cancel(false);
        }
        if (orphan) {
            tasks.orphanEnded();
        }
        owned.release();
    }

    private void onLoop(Runnable action) {
        try {
            loop.execute(action);
        } catch (RejectedExecutionException e) {
            LOG.debug("{} ended after its event loop.", thread.getName());
        }
    }
}
