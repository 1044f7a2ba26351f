package io.proxyroute.contract.admin;

import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.EndpointsDocument;

/**
 * A push from the operator: configuration and endpoints together, so that a new backend is never without addresses.
 *
 * @param config the complete document
 * @param endpoints null keeps the current endpoints
 */
public record Update(ConfigDocument config, EndpointsDocument endpoints) {}
