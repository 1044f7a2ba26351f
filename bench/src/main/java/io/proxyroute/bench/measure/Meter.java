package io.proxyroute.bench.measure;

import io.proxyroute.bench.load.LoadReport;
import io.proxyroute.bench.load.LoadShape;
import io.proxyroute.bench.load.Wrk;
import io.proxyroute.bench.proxy.RunningProxy;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Measures one running proxy. Closing leaves the proxy running. */
public final class Meter implements AutoCloseable {

    private static final Duration WARM_UP_WINDOW = Duration.ofSeconds(2);
    private static final int MAX_WARM_UP_WINDOWS = 20;
    /** Compilers that work less than a twentieth of a window have only rare methods left. */
    private static final long QUIET_COMPILATION_MILLIS = 100;
    /** One quiet window may lie between two bursts of recompilation. */
    private static final int QUIET_WINDOWS = 2;

    private static final int ATTEMPTS = 3;

    private final RunningProxy proxy;
    private final Wrk load;
    private final Optional<JvmProbe> jvm;

    private Meter(RunningProxy proxy, Wrk load, Optional<JvmProbe> jvm) {
        this.proxy = proxy;
        this.load = load;
        this.jvm = jvm;
    }

    /** For a proxy that is not a JVM. */
    public static Meter of(RunningProxy proxy, Wrk load) {
        return new Meter(proxy, load, Optional.empty());
    }

    /** For a proxy that is a JVM. */
    public static Meter ofJvm(RunningProxy proxy, Wrk load) throws IOException {
        return new Meter(proxy, load, Optional.of(JvmProbe.attach(proxy.handle().pid())));
    }

    /**
     * Sends load until the JVM's compilers are quiet, at most 40 s; for 4 s to other programs.
     *
     * @return whether they are quiet
     */
    public boolean warmUp(LoadShape shape) throws IOException, InterruptedException {
        int quiet = 0;
        for (int i = 0; i < MAX_WARM_UP_WINDOWS && quiet < QUIET_WINDOWS; i++) {
            long before = compilationMillis();
            measure(shape, WARM_UP_WINDOW);
            quiet = compilationMillis() - before < QUIET_COMPILATION_MILLIS ? quiet + 1 : 0;
        }
        return quiet == QUIET_WINDOWS;
    }

    private long compilationMillis() {
        return jvm.map(JvmProbe::compilationMillis).orElse(0L);
    }

    /**
     * Sends load for whole seconds.
     *
     * @throws IOException a request failed: the proxy did not do its work, and the sample would flatter it
     */
    public Sample measure(LoadShape shape, Duration window) throws IOException, InterruptedException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<Sample> sample = tryMeasure(shape, window);
            if (sample.isPresent()) {
                return sample.get();
            }
        }
        throw new IOException("No request to %s in %d windows.".formatted(proxy.url(), ATTEMPTS));
    }

    /** Empty if the machine was too busy for the load generator to send anything. */
    private Optional<Sample> tryMeasure(LoadShape shape, Duration window) throws IOException, InterruptedException {
        proxy.truncateAccessLog();
        long allocatedBefore = jvm.map(JvmProbe::allocatedBytes).orElse(0L);
        long cpuBefore = CpuTime.micros(proxy.handle());
        LoadReport report = load.run(proxy.url(), shape, window);
        long cpu = CpuTime.micros(proxy.handle()) - cpuBefore;
        double allocated = jvm.map(each -> (double) (each.allocatedBytes() - allocatedBefore))
                .orElse(Double.NaN);
        if (report.errors() > 0) {
            throw new IOException("%d of %d requests to %s failed."
                    .formatted(report.errors(), report.requests() + report.errors(), proxy.url()));
        }
        if (report.requests() == 0) {
            return Optional.empty();
        }
        return Optional.of(new Sample(
                report.requests(),
                report.requests() * 1e6 / report.durationMicros(),
                (double) cpu / report.requests(),
                report.p50Micros() / 1e3,
                report.p99Micros() / 1e3,
                allocated / report.requests()));
    }

    @Override
    public void close() throws IOException {
        if (jvm.isPresent()) {
            jvm.get().close();
        }
    }
}
