package io.proxyroute.filter;

import java.util.Map;

/**
 * A custom step of a rule. Implementations are public, have a public constructor without parameters, and lie in a jar in
 * the proxy's filter directory. One instance serves all exchanges of all rules that name its class with the same
 * configuration, at once, so it must be thread-safe. It survives a change of the route that leaves both as they were.
 */
public interface ProxyFilter extends AutoCloseable {

    /**
     * Called once, before the first request, off the event loops. All filters of a route have a few seconds together, after
     * which the route's change is refused, this thread is interrupted, and a filter that is ready too late is closed.
     *
     * @param config as written in the route
     * @throws IllegalArgumentException the configuration is wrong; the message goes to the route's status
     */
    default void configure(Map<String, String> config) {}

    /**
     * Called for every request, on a virtual thread of its own. It is interrupted when the exchange ends before it.
     *
     * @param context valid until the exchange ends; later calls throw {@link ExchangeEndedException}
     * @return what to do next
     * @throws Exception the client gets 500
     */
    FilterResult handle(FilterContext context) throws Exception;

    /** Called once, after the last exchange that used the instance. */
    @Override
    default void close() throws Exception {}
}
