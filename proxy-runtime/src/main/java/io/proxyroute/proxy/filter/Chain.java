package io.proxyroute.proxy.filter;

import io.proxyroute.contract.config.Backend;
import io.proxyroute.proxy.http.FilterChain;
import io.proxyroute.proxy.http.FilterExchange;
import io.proxyroute.proxy.http.FilterRun;
import io.proxyroute.proxy.stream.EndCause;
import java.util.List;
import java.util.Map;

/**
 * The custom filters of one rule under one document.
 *
 * @param runtime runs them
 * @param steps in the order of the rule
 * @param backends what filters may call, by id
 */
record Chain(FilterRuntime runtime, List<Step> steps, Map<String, Backend> backends) implements FilterChain {

    /**
     * One filter of the rule.
     *
     * @param name the filter's name in the route
     * @param instance in use by the document that the chain belongs to
     */
    record Step(String name, FilterInstance instance) {}

    @Override
    public FilterRun start(FilterExchange exchange) {
        ChainRun run = new ChainRun(this, exchange);
        if (runtime.overloaded()) {
            exchange.fail(EndCause.FILTER_OVERLOADED);
        } else {
            run.next();
        }
        return run;
    }
}
