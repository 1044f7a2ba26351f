package io.proxyroute.testbed.load;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.proxyroute.testbed.EventLoops;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A run against one or more targets, on a single event loop. Owns the loop until {@link #close}. */
public final class LoadRun implements AutoCloseable {

    private final EventLoopGroup loops = EventLoops.open(1);
    private final List<TargetLoad> loads = new ArrayList<>();
    private final List<HostResolver> resolvers = new ArrayList<>();
    private final CompletableFuture<List<LoadReport.Summary>> end = new CompletableFuture<>();
    private final List<LoadReport.Summary> summaries = new ArrayList<>();

    private LoadRun() {}

    /**
     * Starts a run.
     *
     * @param plan applies to each target
     * @param output receives every report on the run's event loop, so it must not block
     * @throws UnknownHostException the host of a target has no address
     */
    public static LoadRun start(List<Target> targets, LoadPlan plan, Consumer<LoadReport> output)
            throws UnknownHostException {
        LoadRun run = new LoadRun();
        try {
            run.begin(targets, plan, output);
        } catch (UnknownHostException e) {
            run.close();
            throw e;
        }
        return run;
    }

    private void begin(List<Target> targets, LoadPlan plan, Consumer<LoadReport> output) throws UnknownHostException {
        EventLoop loop = loops.next();
        AtomicInteger running = new AtomicInteger(targets.size());
        for (Target target : targets) {
            HostResolver resolver = HostResolver.start(target);
            resolvers.add(resolver);
            loads.add(new TargetLoad(target, plan, loop, resolver::address, report -> publish(report, output), () -> {
                if (running.decrementAndGet() == 0) {
                    end.complete(List.copyOf(summaries));
                }
            }));
        }
        loop.execute(() -> loads.forEach(TargetLoad::start));
        loop.scheduleAtFixedRate(() -> loads.forEach(TargetLoad::reportSecond), 1, 1, TimeUnit.SECONDS);
    }

    private void publish(LoadReport report, Consumer<LoadReport> output) {
        if (report instanceof LoadReport.Summary summary) {
            summaries.add(summary);
        }
        output.accept(report);
    }

    /** Stops sending; the run ends when all requests in flight have ended or timed out. */
    public void stop() {
        if (!end.isDone()) {
            loops.next().execute(() -> loads.forEach(TargetLoad::stop));
        }
    }

    /** Completes with a summary per target when the run ends. */
    public CompletableFuture<List<LoadReport.Summary>> end() {
        return end;
    }

    @Override
    public void close() {
        resolvers.forEach(HostResolver::close);
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
