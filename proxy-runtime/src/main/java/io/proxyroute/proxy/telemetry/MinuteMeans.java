package io.proxyroute.proxy.telemetry;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * Means of the last minute, from samples of the current values. {@link #sample()} is called {@value #PER_SECOND} times a
 * second by the telemetry thread; reading is safe on any thread.
 */
public final class MinuteMeans {

    static final int PER_SECOND = 4;

    private static final long WINDOW_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final IntSupplier inFlight;
    private final IntSupplier connections;
    private final LongSupplier requestsTotal;
    private final LongSupplier nanoClock;
    private final ArrayDeque<Sample> samples = new ArrayDeque<>();

    private record Sample(long atNanos, int inFlight, int connections, long requestsTotal) {}

    /**
     * Means over what the suppliers tell, which are called on the telemetry thread.
     *
     * @param nanoClock a monotonic clock
     */
    public MinuteMeans(
            IntSupplier inFlight, IntSupplier connections, LongSupplier requestsTotal, LongSupplier nanoClock) {
        this.inFlight = inFlight;
        this.connections = connections;
        this.requestsTotal = requestsTotal;
        this.nanoClock = nanoClock;
    }

    synchronized void sample() {
        long now = nanoClock.getAsLong();
        samples.addLast(new Sample(now, inFlight.getAsInt(), connections.getAsInt(), requestsTotal.getAsLong()));
        while (now - samples.getFirst().atNanos > WINDOW_NANOS) {
            samples.removeFirst();
        }
    }

    /** Exchanges in flight. */
    public synchronized double inFlight() {
        return samples.stream().mapToInt(Sample::inFlight).average().orElse(0);
    }

    /** Open client connections. */
    public synchronized double connections() {
        return samples.stream().mapToInt(Sample::connections).average().orElse(0);
    }

    /** Exchanges ended, for each second. */
    public synchronized double requestsPerSecond() {
        if (samples.size() < 2) {
            return 0;
        }
        Sample first = samples.getFirst();
        Sample last = samples.getLast();
        double seconds = (last.atNanos - first.atNanos) / 1e9;
        return seconds <= 0 ? 0 : (last.requestsTotal - first.requestsTotal) / seconds;
    }
}
