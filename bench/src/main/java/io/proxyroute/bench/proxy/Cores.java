package io.proxyroute.bench.proxy;

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
}
