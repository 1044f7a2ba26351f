package io.proxyroute.contract.config;

/**
 * A destination of requests.
 *
 * @param id {@code namespace/service:port}, or {@code host:port} outside the cluster
 * @param host DNS name of the Service, or the external host; used while no endpoint list is available
 * @param port port at {@code host}
 * @param endpoints whether an {@link EndpointsDocument} contains its addresses
 */
public record Backend(String id, String host, int port, boolean endpoints) {}
