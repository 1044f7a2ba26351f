package io.proxyroute.contract.admin;

import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.EndpointsDocument;

/**
 * What the operator pushes: configuration and endpoints together, so that a new backend is never without addresses.
 *
 * @param config the whole document
 * @param endpoints null leaves the endpoints as they are
 */
public record Update(ConfigDocument config, EndpointsDocument endpoints) {}
