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

/** A run against one or more targets at once, on one event loop. Owns the loop until {@link #close}. */
public final class LoadRun implements AutoCloseable {

    private final EventLoopGroup loops = EventLoops.open(1);
    private final List<TargetLoad> loads = new ArrayList<>();
    private final List<Resolution> resolutions = new ArrayList<>();
    private final CompletableFuture<List<LoadLine.Summary>> end = new CompletableFuture<>();
    private final List<LoadLine.Summary> summaries = new ArrayList<>();

    private LoadRun() {}

    /**
     * Starts to send.
     *
     * @param plan holds for each target
     * @param output is given every line, on the run's event loop: it must not block
     * @throws UnknownHostException a target's host has no address
     */
    public static LoadRun start(List<Target> targets, LoadPlan plan, Consumer<LoadLine> output)
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

    private void begin(List<Target> targets, LoadPlan plan, Consumer<LoadLine> output) throws UnknownHostException {
        EventLoop loop = loops.next();
        AtomicInteger running = new AtomicInteger(targets.size());
        for (Target target : targets) {
            Resolution resolution = Resolution.of(target);
            resolutions.add(resolution);
            loads.add(new TargetLoad(target, plan, loop, resolution::address, line -> tell(line, output), () -> {
                if (running.decrementAndGet() == 0) {
                    end.complete(List.copyOf(summaries));
                }
            }));
        }
        loop.execute(() -> loads.forEach(TargetLoad::start));
        loop.scheduleAtFixedRate(() -> loads.forEach(TargetLoad::tellSecond), 1, 1, TimeUnit.SECONDS);
    }

    private void tell(LoadLine line, Consumer<LoadLine> output) {
        if (line instanceof LoadLine.Summary summary) {
            summaries.add(summary);
        }
        output.accept(line);
    }

    /** Sends no more requests; the run ends when the last one under way has ended, or is late. */
    public void stop() {
        if (!end.isDone()) {
            loops.next().execute(() -> loads.forEach(TargetLoad::stop));
        }
    }

    /** One summary for each target, when all are over. */
    public CompletableFuture<List<LoadLine.Summary>> end() {
        return end;
    }

    @Override
    public void close() {
        resolutions.forEach(Resolution::close);
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
