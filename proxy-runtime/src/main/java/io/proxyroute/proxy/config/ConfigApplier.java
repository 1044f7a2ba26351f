package io.proxyroute.proxy.config;

import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.EndpointsDocument;

/** Puts documents into effect; implemented by the data plane. One call at a time; may block. */
public interface ConfigApplier {

    /**
     * Applies a document as a whole, or changes nothing.
     *
     * @param config a valid document
     * @param endpoints addresses of its backends; null if there are none yet
     * @throws ConfigRejectedException this process cannot apply it
     */
    void apply(ConfigDocument config, EndpointsDocument endpoints) throws ConfigRejectedException;

    /** Replaces the addresses of backends. */
    void applyEndpoints(EndpointsDocument endpoints);
}
