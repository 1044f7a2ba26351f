package io.proxyroute.operator.push;

import io.proxyroute.contract.admin.Applied;
import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.EndpointsDocument;

/**
 * What the proxies of a route should serve.
 *
 * @param config document with the sequence number that was claimed for it
 * @param endpoints endpoints of the backends in {@code config}, and of those that a proxy may still use if it rejects the config
 */
public record Target(ConfigDocument config, EndpointsDocument endpoints) {

    /** Whether a push of one has the same content as a push of the other. */
    boolean isSameAs(Target other) {
        return other != null
                && config.hash().equals(other.config.hash())
                && config.sequence() == other.config.sequence()
                && endpoints.version() == other.endpoints.version();
    }

    boolean isServedAs(Applied applied) {
        return isConfigServedAs(applied) && areEndpointsUsedBy(applied);
    }

    boolean areEndpointsUsedBy(Applied applied) {
        return applied.endpointsVersion() >= endpoints.version();
    }

    boolean isRejectedAs(Acknowledgement.Rejected rejected) {
        return rejected.hash().equals(config.hash());
    }

    boolean isConfigServedAs(Applied applied) {
        return applied.hash().equals(config.hash()) && applied.sequence() >= config.sequence();
    }
}
