package io.proxyroute.contract.diagnostics;

import java.time.Instant;
import java.util.List;

/**
 * All threads of a process, grouped by stack.
 *
 * @param at when it was taken
 * @param platform live platform threads
 * @param virtual live virtual threads
 * @param groups largest first; at most 100
 */
public record ThreadReport(Instant at, int platform, int virtual, List<Group> groups) {

    /**
     * Threads with the same stack.
     *
     * @param virtual whether they are virtual
     * @param namePattern their names with numbers replaced by {@code #}
     * @param state state of the threads
     * @param count number of threads
     * @param oldestSeconds age of the oldest since it was first seen; 0 if unknown
     * @param frames the topmost frames, innermost first; at most 30
     */
    public record Group(
            boolean virtual, String namePattern, String state, int count, double oldestSeconds, List<String> frames) {}
}
