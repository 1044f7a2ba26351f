package io.proxyroute.proxy.filter;

import io.proxyroute.contract.config.ConfigError;
import io.proxyroute.proxy.http.FilterChain;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** The custom filters of one document, ready to run; or what is wrong with them. Thread-safe. */
public final class FilterSet {

    private final Map<String, FilterChain> chains;
    private final List<ConfigError> errors;
    private final List<FilterInstance> used;
    private final AtomicBoolean retired = new AtomicBoolean();

    FilterSet(Map<String, FilterChain> chains, List<ConfigError> errors, List<FilterInstance> used) {
        this.chains = Map.copyOf(chains);
        this.errors = List.copyOf(errors);
        this.used = List.copyOf(used);
    }

    /** By name, for the rules that have custom filters. */
    public Map<String, FilterChain> chains() {
        return chains;
    }

    /** Every filter that could not be had, with its path in the document; empty where all is well. */
    public List<ConfigError> errors() {
        return errors;
    }

    /**
     * The document is not served any more, or never was: filters that no other document uses are closed once their last
     * call has ended. Without effect the second time.
     */
    public void retire() {
        if (retired.compareAndSet(false, true)) {
            used.forEach(FilterInstance::release);
        }
    }
}
