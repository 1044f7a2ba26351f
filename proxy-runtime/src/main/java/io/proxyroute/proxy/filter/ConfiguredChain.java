package io.proxyroute.proxy.filter;

import io.proxyroute.contract.config.Backend;
import io.proxyroute.proxy.http.FilterChain;
import io.proxyroute.proxy.http.FilterExchange;
import io.proxyroute.proxy.http.FilterRun;
import io.proxyroute.proxy.stream.EndCause;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * The custom filters of one rule in one configuration document. Immutable; started on the event loop of an exchange.
 *
 * @param services shared by all filters of the process
 * @param overloaded whether filters cannot run now; the exchange then fails
 * @param steps steps in the order of the rule
 * @param backends the backends that filters may call, by id
 */
record ConfiguredChain(
        FilterServices services, BooleanSupplier overloaded, List<FilterStep> steps, Map<String, Backend> backends)
        implements FilterChain {

    @Override
    public FilterRun start(FilterExchange exchange) {
        ChainRun run = new ChainRun(steps, new ExchangeScope(services, backends, exchange));
        if (overloaded.getAsBoolean()) {
            exchange.fail(EndCause.FILTER_OVERLOADED);
        } else {
            run.next();
        }
        return run;
    }
}
