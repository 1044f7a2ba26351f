package io.proxyroute.contract.config;

import java.util.List;

/**
 * A port on which the proxy serves plain HTTP.
 *
 * @param name unique in the document
 * @param port 1 to 65535, unique in the document; 0 selects a free port, for a standalone proxy
 * @param hostnames host names to serve, {@code *.example.com} for every subdomain; empty for all
 */
public record Listener(String name, int port, List<String> hostnames) {

    public Listener {
        hostnames = hostnames == null ? List.of() : List.copyOf(hostnames);
    }
}
