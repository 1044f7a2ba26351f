package io.proxyroute.proxy.http;

import java.util.concurrent.ConcurrentHashMap;

/**
 * The requests in flight of each client address, over all event loops. Only used if the configuration limits them; holds an
 * entry for each address with a request in flight. Thread-safe.
 */
final class ClientLimits {

    private final ConcurrentHashMap<String, Integer> inFlight = new ConcurrentHashMap<>();

    /** Counts one more request; false if the address has this many already. */
    boolean enter(String address, int limit) {
        boolean[] entered = new boolean[1];
        inFlight.compute(address, (key, count) -> {
            int before = count == null ? 0 : count;
            entered[0] = before < limit;
            return entered[0] ? before + 1 : count;
        });
        return entered[0];
    }

    /** A counted request has ended. */
    void leave(String address) {
        inFlight.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
    }
}
