package io.proxyroute.proxy.http;

/**
 * The custom filters of one rule, ready to run. Implemented by the filter runtime, used by the data path. Calls come from
 * event loops and must neither block nor throw.
 */
public interface FilterChain {

    /**
     * Starts the filters of an exchange, off the loop. Their outcome is one call of {@link FilterExchange}'s proceed,
     * respond or fail, on the exchange's loop and possibly before this returns.
     *
     * @param exchange valid until {@link FilterRun#ended()}
     */
    FilterRun start(FilterExchange exchange);
}
