package io.proxyroute.proxy.config;

import io.proxyroute.contract.config.ConfigDocument;
import io.proxyroute.contract.config.EndpointsDocument;

/** What serves the documents. One call at a time; may block. */
public interface Serving {

    /**
     * Serves a document from now on, or leaves everything as it was.
     *
     * @param config consistent in itself
     * @param endpoints addresses of its backends; null while there are none
     * @throws UnservableException this process cannot serve it
     */
    void serve(ConfigDocument config, EndpointsDocument endpoints) throws UnservableException;

    /** Uses new addresses from now on. */
    void endpoints(EndpointsDocument endpoints);
}
