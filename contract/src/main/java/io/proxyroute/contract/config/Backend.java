package io.proxyroute.contract.config;

/**
 * Something that requests go to.
 *
 * @param id {@code namespace/service:port}, or {@code host:port} outside the cluster
 * @param host the Service's DNS name or the outside host: where to connect while no endpoint list says better
 * @param port where to connect at {@code host}
 * @param endpoints whether an {@link EndpointsDocument} lists its addresses
 */
public record Backend(String id, String host, int port, boolean endpoints) {}
