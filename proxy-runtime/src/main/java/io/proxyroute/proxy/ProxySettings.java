package io.proxyroute.proxy;

import java.nio.file.Path;

/**
 * What the command line says.
 *
 * @param config directory with {@code config.json}, and perhaps {@code endpoints.json}
 * @param tls directory with {@code tls.crt}, {@code tls.key}, {@code ca.crt}; null for no admin port
 * @param state directory for what is kept over a restart; null keeps nothing
 * @param filters directory with the jars of custom filters; may be absent
 * @param healthPort plain; 0 lets the system choose
 * @param adminPort mutually authenticated; 0 lets the system choose
 * @param host the address that traffic, health and admin ports bind to
 * @param podName from the downward API; empty outside a pod
 * @param podUid from the downward API; empty outside a pod
 */
record ProxySettings(
        Path config,
        Path tls,
        Path state,
        Path filters,
        int healthPort,
        int adminPort,
        String host,
        String podName,
        String podUid) {}
