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

/** Groups all threads by stack, so that thousands of threads waiting at one place become one row. */
public final class ThreadReports {

    private static final int MAX_GROUPS = 100;
    private static final int MAX_FRAMES = 30;

    /** Further groups count only in the totals. */
    private static final int MAX_GROUPS_COUNTED = 5_000;

    private static final Pattern NUMBER = Pattern.compile("\\d+");

    /** Numbers and addresses in the names of generated classes. */
    private static final Pattern GENERATED =
            Pattern.compile("(?<=\\$\\$Lambda)[/$.0-9a-fx]+|(?<=Accessor)\\d+|0x[0-9a-f]+");

    private final ThreadSampler sampler;
    private final InstantSource clock;

    private record GroupKey(boolean virtual, String namePattern, String state, List<String> frames) {}

    private static final class Tally {
        private int count;
        private double oldestSeconds;
    }

    /**
     * Creates reports with thread ages from a sampler.
     *
     * @param clock timestamps the reports
     */
    public ThreadReports(ThreadSampler sampler, InstantSource clock) {
        this.sampler = sampler;
        this.clock = clock;
    }

    /** Takes a report; blocks for a thread dump. */
    public ThreadReport take() throws IOException {
        Map<GroupKey, Tally> tallies = new HashMap<>();
        int[] virtual = new int[1];
        ThreadDump.take(MAX_FRAMES, thread -> {
            virtual[0] += thread.virtual() ? 1 : 0;
            GroupKey key = new GroupKey(
                    thread.virtual(),
                    NUMBER.matcher(thread.name()).replaceAll("#"),
                    thread.state(),
                    thread.frames().stream()
                            .map(frame -> GENERATED.matcher(frame).replaceAll("#"))
                            .toList());
            Tally tally = tallies.size() < MAX_GROUPS_COUNTED
                    ? tallies.computeIfAbsent(key, k -> new Tally())
                    : tallies.getOrDefault(key, new Tally());
            tally.count++;
            tally.oldestSeconds = Math.max(tally.oldestSeconds, thread.virtual() ? sampler.ageSeconds(thread.id()) : 0);
        });
        List<ThreadReport.Group> groups = tallies.entrySet().stream()
                .map(entry -> group(entry.getKey(), entry.getValue()))
                .sorted(Comparator.comparingInt(ThreadReport.Group::count)
                        .thenComparingDouble(ThreadReport.Group::oldestSeconds)
                        .reversed())
                .limit(MAX_GROUPS)
                .toList();
        return new ThreadReport(clock.instant(), ThreadSampler.platform(), virtual[0], groups);
    }

    private static ThreadReport.Group group(GroupKey key, Tally tally) {
        return new ThreadReport.Group(
                key.virtual(), key.namePattern(), key.state(), tally.count, tally.oldestSeconds, key.frames());
    }
}
