package io.proxyroute.proxy.telemetry;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * Averages over the last minute, from samples of the current values. {@link #sample()} is called {@value
 * #SAMPLES_PER_SECOND} times a second by the telemetry thread; other methods may be called on any thread.
 */
public final class RollingAverages {

    static final int SAMPLES_PER_SECOND = 4;

    private static final long WINDOW_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final IntSupplier inFlight;
    private final IntSupplier connections;
    private final LongSupplier requestsTotal;
    private final LongSupplier nanoClock;
    private final ArrayDeque<Sample> samples = new ArrayDeque<>();

    private record Sample(long atNanos, int inFlight, int connections, long requestsTotal) {}

    /**
     * Samples the suppliers, on the telemetry thread.
     *
     * @param nanoClock a monotonic clock
     */
    public RollingAverages(
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

    /** Average number of exchanges in flight. */
    public synchronized double inFlight() {
        return samples.stream().mapToInt(Sample::inFlight).average().orElse(0);
    }

    /** Average number of open client connections. */
    public synchronized double connections() {
        return samples.stream().mapToInt(Sample::connections).average().orElse(0);
    }

    /** Ended exchanges per second. */
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
