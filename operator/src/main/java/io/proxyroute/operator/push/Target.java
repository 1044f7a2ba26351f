package io.proxyroute.operator.push;

import io.proxyroute.contract.admin.Applied;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.EndpointsDocument;

/**
 * What every proxy of a route should serve.
 *
 * @param config under a sequence number that was claimed for it
 * @param endpoints of the backends in {@code config}, and of those that a proxy which refuses it may still use
 */
public record Target(ConfigDocument config, EndpointsDocument endpoints) {

    boolean isServedAs(Applied applied) {
        return isConfigServedAs(applied) && areEndpointsUsedBy(applied);
    }

    boolean areEndpointsUsedBy(Applied applied) {
        return applied.endpointsVersion() >= endpoints.version();
    }

    boolean isRefusedAs(Acknowledgement.Refused refused) {
        return refused.hash().equals(config.hash());
    }

    boolean isConfigServedAs(Applied applied) {
        return applied.hash().equals(config.hash()) && applied.sequence() >= config.sequence();
    }
}
