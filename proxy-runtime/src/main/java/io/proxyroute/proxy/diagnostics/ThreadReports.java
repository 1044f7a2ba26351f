package io.proxyroute.proxy.diagnostics;

import io.proxyroute.contract.diagnostics.ThreadReport;
import io.proxyroute.proxy.telemetry.ThreadDump;
import io.proxyroute.proxy.telemetry.ThreadSampler;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Groups all threads by their stack, so that thousands that wait at the same place are one line. */
public final class ThreadReports {

    private static final int MAX_GROUPS = 100;
    private static final int MAX_FRAMES = 30;

    /** More kinds than that are counted in the totals only. */
    private static final int MAX_KINDS = 5_000;

    private static final Pattern NUMBER = Pattern.compile("\\d+");

    /** Numbers and addresses that the JVM gives to generated classes. */
    private static final Pattern GENERATED =
            Pattern.compile("(?<=\\$\\$Lambda)[/$.0-9a-fx]+|(?<=Accessor)\\d+|0x[0-9a-f]+");

    private final ThreadSampler census;
    private final InstantSource clock;

    private record Kind(boolean virtual, String namePattern, String state, List<String> frames) {}

    private static final class Tally {
        private int count;
        private double oldestSeconds;
    }

    /**
     * Reports with ages from a census.
     *
     * @param clock dates the reports
     */
    public ThreadReports(ThreadSampler census, InstantSource clock) {
        this.census = census;
        this.clock = clock;
    }

    /** Takes a report. */
    public ThreadReport take() throws IOException {
        Map<Kind, Tally> kinds = new HashMap<>();
        int[] virtual = new int[1];
        ThreadDump.take(MAX_FRAMES, thread -> {
            virtual[0] += thread.virtual() ? 1 : 0;
            Kind kind = new Kind(
                    thread.virtual(),
                    NUMBER.matcher(thread.name()).replaceAll("#"),
                    thread.state(),
                    thread.frames().stream()
                            .map(frame -> GENERATED.matcher(frame).replaceAll("#"))
                            .toList());
            Tally tally = kinds.size() < MAX_KINDS
                    ? kinds.computeIfAbsent(kind, k -> new Tally())
                    : kinds.getOrDefault(kind, new Tally());
            tally.count++;
            tally.oldestSeconds = Math.max(tally.oldestSeconds, thread.virtual() ? census.ageSeconds(thread.id()) : 0);
        });
        List<ThreadReport.Group> groups = kinds.entrySet().stream()
                .map(entry -> group(entry.getKey(), entry.getValue()))
                .sorted(Comparator.comparingInt(ThreadReport.Group::count)
                        .thenComparingDouble(ThreadReport.Group::oldestSeconds)
                        .reversed())
                .limit(MAX_GROUPS)
                .toList();
        return new ThreadReport(clock.instant(), ThreadSampler.platform(), virtual[0], groups);
    }

    private static ThreadReport.Group group(Kind kind, Tally tally) {
        return new ThreadReport.Group(
                kind.virtual(), kind.namePattern(), kind.state(), tally.count, tally.oldestSeconds, kind.frames());
    }
}
