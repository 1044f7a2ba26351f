package io.proxyroute.proxy.filter;

import io.proxyroute.filter.FilterContext;
import io.proxyroute.filter.FilterResult;
import io.proxyroute.filter.ProxyFilter;
import java.util.Map;

/**
 * A filter that does what a test says. The script reaches it through the system properties, since the filter lives behind
 * a class loader of its own; so scripts can use the filter API and the JDK, and nothing of the proxy is lent to the class.
 */
public final class ScriptedFilter implements ProxyFilter {

    /** What to do with a request. */
    @FunctionalInterface
    interface Script {
        FilterResult handle(FilterContext context) throws Exception;
    }

    private static final String PREFIX = "scripted.";

    private io.proxyroute.filter.ProxyFilter script;

    /** Makes a script known; the returned id goes into the filter's option {@code script}. */
    static String define(Script script) {
        String id = PREFIX + java.util.UUID.randomUUID();
        ProxyFilter shared = script::handle;
        System.getProperties().put(id, shared);
        return id;
    }

    @Override
    public void configure(Map<String, String> config) {
        script = (ProxyFilter) System.getProperties().get(config.get("script"));
    }

    @Override
    public FilterResult handle(FilterContext context) throws Exception {
        return script.handle(context);
    }
}
