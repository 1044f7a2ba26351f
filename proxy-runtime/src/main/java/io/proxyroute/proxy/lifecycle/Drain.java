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
 * The end of a process without the loss of a request. Elsewhere the endpoint lists still name this pod for a while, so it
 * goes on accepting for a delay, and until nobody has come for {@value #QUIET_SECONDS} s; closing earlier would reset what
 * waits in the backlog. From the start every answer asks its client to go elsewhere. Exchanges in flight, and kept-alive
 * connections that have not heard that yet, have until the bound.
 */
public final class Drain {

    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);

    private static final int QUIET_SECONDS = 2;
    private static final long STEP_MILLIS = 50;

    private final Frontend frontend;
    private final ProcessLifecycle life;
    private final Supplier<io.proxyroute.contract.config.Drain> settings;
    private final CountDownLatch ended = new CountDownLatch(1);

    /** Drains a front end by the settings in force when it begins. */
    public Drain(Frontend frontend, ProcessLifecycle life, Supplier<io.proxyroute.contract.config.Drain> settings) {
        this.frontend = frontend;
        this.life = life;
        this.settings = settings;
    }

    /** Begins, unless it has begun before; returns at once. */
    public void begin() {
        if (life.draining()) {
            Thread.ofPlatform().name("drain").start(this::run);
        }
    }

    /** Waits until the front end is closed. */
    public void await() throws InterruptedException {
        ended.await();
    }

    private void run() {
        long began = System.nanoTime();
        Duration delay = settings.get().delay();
        long acceptUntil = began + delay.toNanos();
        long bound = acceptUntil + settings.get().timeout().toNanos();
        LOG.info("Draining: accepting for {} more and until {} s pass without a new connection.", delay, QUIET_SECONDS);
        try {
            frontend.beginDrain();
            waitUntil(() -> {
                long now = System.nanoTime();
                long quiet = now - Math.max(began, frontend.lastAcceptNanos());
                return now - acceptUntil >= 0 && quiet >= TimeUnit.SECONDS.toNanos(QUIET_SECONDS) || now - bound >= 0;
            });
            frontend.stopAccepting().await(QUIET_SECONDS, TimeUnit.SECONDS);
            LOG.info("Draining: no longer accepting; {}.", told(frontend.counts()));
            waitUntil(() -> {
                TrafficCounts counts = frontend.counts();
                return counts.connections() == 0 && counts.inFlight() == 0 || System.nanoTime() - bound >= 0;
            });
            frontend.closeIdle().await(QUIET_SECONDS, TimeUnit.SECONDS);
            TrafficCounts left = frontend.counts();
            if (left.inFlight() > 0) {
                LOG.warn("Draining: the time is over; {} are cut off.", told(left));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close();
            LOG.info("Drained after {} s.", TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began));
            ended.countDown();
        }
    }

    /** Whatever happens here, the process must end. */
    private void close() {
        try {
            frontend.close();
        } catch (RuntimeException e) {
            LOG.error("Draining: the listeners or connections could not be closed.", e);
        }
    }

    private static String told(TrafficCounts counts) {
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
