package io.proxyroute.filter;

import java.util.Map;

/**
 * A custom filter of a rule. An implementation is a public class with a public no-argument constructor, in a jar in the
 * proxy's filter directory. All rules with the same class and configuration share one instance and call it concurrently, so
 * it must be thread-safe. The instance is kept across changes of the route that leave class and configuration unchanged.
 */
public interface ProxyFilter extends AutoCloseable {

    /**
     * Called once before the first request, off the event loops. The filters of a route share a limit of a few seconds; after
     * that the route's change is rejected, this thread is interrupted, and a filter that finishes later is closed.
     *
     * @param config the filter's configuration in the route
     * @throws IllegalArgumentException the configuration is invalid; the message appears in the route's status
     */
    default void configure(Map<String, String> config) {}

    /**
     * Called for every request on a new virtual thread, which is interrupted if the exchange ends first.
     *
     * @param context valid until the exchange ends; later calls throw {@link ExchangeEndedException}
     * @return how to continue
     * @throws Exception the filter failed; the client gets 500
     */
    FilterResult handle(FilterContext context) throws Exception;

    /** Called once, after the last exchange that uses the instance. */
    @Override
    default void close() throws Exception {}
}
