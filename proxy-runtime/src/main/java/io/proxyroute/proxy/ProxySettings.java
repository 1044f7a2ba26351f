package io.proxyroute.proxy;

import io.proxyroute.proxy.pool.DeniedAddresses;
import java.nio.file.Path;

/**
 * The command line's settings.
 *
 * @param config directory with {@code config.json}, and optionally {@code endpoints.json}
 * @param tls directory with {@code tls.crt}, {@code tls.key}, {@code ca.crt}; null for no admin port
 * @param state directory for state that survives a restart; null to store nothing
 * @param filters directory with the jars of custom filters; may be missing
 * @param healthPort plain HTTP; 0 for any free port
 * @param adminPort mutual TLS; 0 for any free port
 * @param loops event loops that carry traffic
 * @param host the address that traffic, health and admin ports bind to
 * @param deniedBackends addresses that backends given by a host must not have
 * @param podName pod name from the downward API; empty outside a pod
 * @param podUid pod UID from the downward API; empty outside a pod
 */
record ProxySettings(
        Path config,
        Path tls,
        Path state,
        Path filters,
        int healthPort,
        int adminPort,
        int loops,
        String host,
        DeniedAddresses deniedBackends,
        String podName,
        String podUid) {}
