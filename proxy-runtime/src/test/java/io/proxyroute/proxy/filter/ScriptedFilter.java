package io.proxyroute.proxy.filter;

import io.proxyroute.filter.FilterContext;
import io.proxyroute.filter.FilterResult;
import io.proxyroute.filter.ProxyFilter;
import java.util.Map;

/**
 * A filter that runs a script of the test. The filter has its own class loader, so it gets the script through the system
 * properties, as an instance of the shared filter API.
 */
public final class ScriptedFilter implements ProxyFilter {

    /** Handles one request. */
    @FunctionalInterface
    interface Script {
        FilterResult handle(FilterContext context) throws Exception;
    }

    private static final String PREFIX = "scripted.";

    private ProxyFilter script;

    /** Registers a script and returns the value for the filter's option {@code script}. */
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
