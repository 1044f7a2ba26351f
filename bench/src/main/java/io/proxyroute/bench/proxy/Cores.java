package io.proxyroute.bench.proxy;

import java.util.ArrayList;
import java.util.List;

/**
 * Which core runs what, so that a proxy never competes with its own load.
 *
 * @param proxy the core of the proxy under test
 * @param load the core that the load generator and the backend share
 */
public record Cores(int proxy, int load) {

    public Cores {
        if (proxy == load) {
            throw new IllegalArgumentException("Core " + proxy + " cannot run both the proxy and its load.");
        }
    }

    /**
     * A command that runs on one core. Where this user may raise priorities, it goes ahead of the machine's other
     * programs; elsewhere {@code nice} prints a warning and runs it all the same.
     */
    public static List<String> pinned(int core, List<String> command) {
        List<String> pinned = new ArrayList<>(List.of("nice", "-n", "-10", "taskset", "-c", Integer.toString(core)));
        pinned.addAll(command);
        return pinned;
    }
}
