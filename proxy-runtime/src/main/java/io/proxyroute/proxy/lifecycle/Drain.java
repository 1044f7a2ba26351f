package io.proxyroute.proxy.lifecycle;

import io.proxyroute.proxy.http.Frontend;
import io.proxyroute.proxy.http.TrafficCounts;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shuts traffic down without losing a request. Endpoint lists elsewhere still contain this pod for a while, so it keeps
 * accepting connections for a delay and until {@value #QUIET_SECONDS} s pass without a new one; closing the listener
 * earlier would reset connections in the backlog. From the start every response carries {@code Connection: close}.
 * Exchanges in flight, and idle connections that have not had such a response yet, stay open until the drain timeout.
 */
public final class Drain {

    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);

    private static final int QUIET_SECONDS = 2;
    private static final long STEP_MILLIS = 50;

    private final Frontend frontend;
    private final ProcessLifecycle lifecycle;
    private final Supplier<io.proxyroute.contract.config.Drain> settings;
    private final CountDownLatch ended = new CountDownLatch(1);

    /** Drains a front end with the settings that are active when the drain starts. */
    public Drain(
            Frontend frontend, ProcessLifecycle lifecycle, Supplier<io.proxyroute.contract.config.Drain> settings) {
        this.frontend = frontend;
        this.lifecycle = lifecycle;
        this.settings = settings;
    }

    /** Starts the drain on a separate thread, unless it has already started; does not wait. */
    public void start() {
        if (lifecycle.markDraining()) {
            Thread.ofPlatform().name("drain").start(this::run);
        }
    }

    /** Waits until the front end is closed. */
    public void await() throws InterruptedException {
        ended.await();
    }

    private void run() {
        long start = System.nanoTime();
        Duration delay = settings.get().delay();
        long acceptUntil = start + delay.toNanos();
        long deadline = acceptUntil + settings.get().timeout().toNanos();
        LOG.info("Draining: accepting for {} more and until {} s pass without a new connection.", delay, QUIET_SECONDS);
        try {
            frontend.beginDrain();
            waitUntil(() -> {
                long now = System.nanoTime();
                long quiet = now - Math.max(start, frontend.lastAcceptNanos());
                return now - acceptUntil >= 0 && quiet >= TimeUnit.SECONDS.toNanos(QUIET_SECONDS)
                        || now - deadline >= 0;
            });
            frontend.stopAccepting().await(QUIET_SECONDS, TimeUnit.SECONDS);
            LOG.info("Draining: no longer accepting; {}.", describe(frontend.counts()));
            waitUntil(() -> {
                TrafficCounts counts = frontend.counts();
                return counts.connections() == 0 && counts.inFlight() == 0 || System.nanoTime() - deadline >= 0;
            });
            frontend.closeIdle().await(QUIET_SECONDS, TimeUnit.SECONDS);
            TrafficCounts left = frontend.counts();
            if (left.inFlight() > 0) {
                LOG.warn("Draining: timed out; closing {}.", describe(left));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close();
            LOG.info("Drained after {} s.", TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start));
            ended.countDown();
        }
    }

    /** Never throws, so that the process ends in any case. */
    private void close() {
        try {
            frontend.close();
        } catch (RuntimeException e) {
            LOG.error("Draining: cannot close listeners or connections.", e);
        }
    }

    private static String describe(TrafficCounts counts) {
        return counts.inFlight() + " exchanges in flight on " + counts.connections() + " connections";
    }

    @FunctionalInterface
    private interface Condition {
        boolean holds();
    }

    private void waitUntil(Condition condition) throws InterruptedException {
        while (!condition.holds()) {
            ended.await(STEP_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
