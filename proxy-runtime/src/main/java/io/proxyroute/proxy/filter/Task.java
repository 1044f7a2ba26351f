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
 * A virtual thread that works for an exchange: a filter's call or a fork of it. When the exchange ends first it is
 * interrupted; if that does not help within the grace it counts as an orphan until it ends. Its ledger entry is released
 * when it has ended, never before. Fields are confined to the exchange's loop.
 */
final class Task implements Releasable {

    private static final Logger LOG = LoggerFactory.getLogger(Task.class);

    /** What a task does, and what becomes of it. */
    interface Work {

        /** Called on the task's thread. Must not throw. */
        void run();

        /** Called on the task's thread after it has told the loop of its end. */
        void told();

        /** Called on the loop, when the ledger entry has been released; dropped with the loop. */
        void ended();
    }

    private final Tasks tasks;
    private final EventLoop loop;
    private final Thread thread;

    private OwnedResource holding;
    private ScheduledFuture<?> graceOver;
    private boolean ended;
    private boolean orphan;

    /**
     * Prepares the thread.
     *
     * @param name of the thread, for thread dumps
     * @param loader the filter's, which becomes the thread's context class loader
     */
    Task(Tasks tasks, EventLoop loop, String name, ClassLoader loader, Work work) {
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
                        work.told();
                    }
                });
        thread.setContextClassLoader(loader);
    }

    /** Notes the entry. Called on the loop, before the thread can have ended there. */
    void enteredAs(OwnedResource entry) {
        holding = entry;
    }

    /** Lets the thread run. */
    void start() {
        tasks.started();
        thread.start();
    }

    /** Interrupts the thread, at the filter's own wish. */
    void interrupt() {
        thread.interrupt();
    }

    /** The exchange is over: interrupts, and waits for the grace. */
    @Override
    public void revoke() {
        if (!ended && graceOver == null) {
            thread.interrupt();
            graceOver = loop.schedule(this::orphaned, tasks.grace().toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /** Nothing to give back: the ledger hears of the end, and not the other way round. */
    @Override
    public void release() {}

    private void orphaned() {
        orphan = true;
        tasks.orphaned();
        LOG.warn("{} outlived its exchange and did not answer an interrupt within {}", thread.getName(), tasks.grace());
    }

    private void ended() {
        ended = true;
        if (graceOver != null) {
            graceOver.cancel(false);
        }
        if (orphan) {
            tasks.orphanEnded();
        }
        holding.release();
    }

    private void onLoop(Runnable action) {
        try {
            loop.execute(action);
        } catch (RejectedExecutionException e) {
            LOG.debug("{} ended after its event loop", thread.getName());
        }
    }
}
