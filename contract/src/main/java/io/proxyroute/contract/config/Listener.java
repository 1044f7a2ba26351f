package io.proxyroute.contract.config;

import java.util.List;

/**
 * A port that the proxy serves, plain HTTP.
 *
 * @param name unique in the document
 * @param port 1 to 65535, unique in the document; 0 lets the system choose, for a proxy that runs by itself
 * @param hostnames hosts served here, {@code *.example.com} for every subdomain; empty for all
 */
public record Listener(String name, int port, List<String> hostnames) {

    public Listener {
        hostnames = hostnames == null ? List.of() : List.copyOf(hostnames);
    }
}
